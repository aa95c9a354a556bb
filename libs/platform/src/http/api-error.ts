import { validateHeaderName, validateHeaderValue } from 'node:http';

/**
 * Every way in which a call can fail, as clients see it: `code` and `reason` in the envelope, `status` of the
 * answer. Codes of the API document first; the others begin with their status.
 */
const kinds = {
  invalidJson: { code: 40001400, status: 400, reason: 'invalid_json' },
  invalidArgument: { code: 40001400, status: 400, reason: 'invalid_argument' },
  malformedHttp: { code: 40001400, status: 400, reason: 'malformed_http' },
  duplicateRequest: { code: 40001000, status: 400, reason: 'duplicate_request' },
  requestRemoved: { code: 40001404, status: 404, reason: 'request_removed' },
  unauthenticated: { code: 40101001, status: 401, reason: 'unauthenticated' },
  routeNotFound: { code: 40400000, status: 404, reason: 'route_not_found' },
  methodNotAllowed: { code: 40500000, status: 405, reason: 'method_not_allowed' },
  requestTimeout: { code: 40800000, status: 408, reason: 'request_timeout' },
  bodyTooLarge: { code: 41300000, status: 413, reason: 'body_too_large' },
  limitReached: { code: 42900000, status: 429, reason: 'limit_reached' },
  headersTooLarge: { code: 43100000, status: 431, reason: 'headers_too_large' },
  internal: { code: 50001000, status: 500, reason: 'internal_error' },
  notReady: { code: 50300000, status: 503, reason: 'not_ready' },
} as const;

export type ApiErrorKind = keyof typeof kinds;

/** A call that failed, in the client's terms. */
export class ApiError extends Error {
  readonly code: number;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Stable word for programs. */
  readonly reason: string;

  /**
   * @param message what is wrong, with the field and the remedy
   * @param headers for the answer, beside those that every answer has
   * @throws TypeError where no answer could have them: better here than where the answer is written
   */
  constructor(
    readonly kind: ApiErrorKind,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    ({ code: this.code, status: this.status, reason: this.reason } = kinds[kind]);
  }
}

/** The codes, for documents and tests. */
export const apiErrorKinds: Readonly<Record<ApiErrorKind, { code: number; status: number; reason: string }>> =
  kinds;

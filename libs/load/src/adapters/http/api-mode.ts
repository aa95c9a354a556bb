import { ApiError } from '#platform';
import type { RequestReferenceDto } from './request-reference.dto.js';

/**
 * How much the API demands and gives away. What is accepted has the same effect in both modes; strict accepts less.
 *
 * `lenient` is what gateways need, whose retries are normal and which count anything but 200 against the
 * replica; `strict` is the API document to the letter.
 */
export abstract class ApiMode {
  /** @throws ApiError where the mode demands more of a DELETE than its form */
  abstract checkReference(reference: RequestReferenceDto): void;
  /** @throws ApiError where a POST may not repeat a record */
  abstract answerRepeatedRecord(requestId: string): void;
  /** @throws ApiError where a DELETE must name a request that is not over */
  abstract answerEnded(requestId: string): void;
}

class LenientApi extends ApiMode {
  override checkReference(): void {}
  override answerRepeatedRecord(): void {}
  override answerEnded(): void {}
}

class StrictApi extends ApiMode {
  override checkReference({ cluster, ip }: RequestReferenceDto): void {
    const missing = [!cluster && 'cluster', !ip && 'ip'].filter(Boolean);
    if (missing.length === 0) return;
    const message =
      missing.length === 2
        ? 'cluster and ip are missing; strict mode demands them of a DELETE'
        : `${missing[0]} is missing; strict mode demands it of a DELETE`;
    throw new ApiError('invalidArgument', message);
  }

  override answerRepeatedRecord(requestId: string): void {
    throw new ApiError(
      'duplicateRequest',
      `request_id "${requestId}" is recorded already; use an id of its own`,
    );
  }

  override answerEnded(requestId: string): void {
    throw new ApiError(
      'requestRemoved',
      `request_id "${requestId}" was removed already; nothing is left to delete`,
    );
  }
}

export type ApiModeName = 'lenient' | 'strict';

export function apiModeOf(name: ApiModeName): ApiMode {
  return name === 'strict' ? new StrictApi() : new LenientApi();
}

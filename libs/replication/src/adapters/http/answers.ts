import { type BatchAnswer, type DigestAnswer, PeerError } from '../../application/ports/peer-client.js';
import type { HttpAnswer } from './exchange.js';

type Fields = Readonly<Record<string, unknown>>;

const outcomes: ReadonlySet<unknown> = new Set(['applied', 'gap', 'snapshot']);
const phases: ReadonlySet<unknown> = new Set(['starting', 'ready', 'draining']);

/**
 * The data of an answer in the service's envelope.
 *
 * @throws PeerError for an error, with the peer's own words, or for what is no envelope
 */
export function readEnvelope({ status, body }: HttpAnswer): Fields {
  let envelope: unknown;
  try {
    envelope = JSON.parse(body.toString('utf8'));
  } catch {
    throw new PeerError(`status ${status}, and an answer that is not JSON`);
  }
  const { data, error } = (envelope ?? {}) as { data?: unknown; error?: { message?: unknown } | null };
  if (status !== 200) throw new PeerError(`status ${status}: ${String(error?.message ?? 'no message')}`);
  if (typeof data !== 'object' || data === null) throw new PeerError('an answer without data');
  return data as Fields;
}

/** @throws PeerError */
export function readBatchAnswer({ epoch, state, outcome, applied }: Fields): BatchAnswer {
  const isAnswer =
    typeof epoch === 'string' &&
    phases.has(state) &&
    outcomes.has(outcome) &&
    Number.isSafeInteger(applied) &&
    (applied as number) >= 0;
  if (!isAnswer) throw new PeerError('an answer to a batch that is not what it must be');
  return { epoch, phase: state, outcome, applied } as BatchAnswer;
}

/** @throws PeerError */
export function readDigestAnswer({ youngerThanMs, digest }: Fields): DigestAnswer {
  if (typeof youngerThanMs !== 'number' || !(youngerThanMs >= 0) || typeof digest !== 'string')
    throw new PeerError('a digest that is not what it must be');
  return { youngerThanMs, digest };
}

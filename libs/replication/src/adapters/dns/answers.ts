import { DirectoryError } from '../../application/ports/directory.js';
import { hostText } from '../../domain/host-text.js';
import { type PeerAddress, addressText } from '../../domain/peer-address.js';

/** More replicas than a full mesh could carry: such an answer is a mistake somewhere. */
const maxAddresses = 1_000;

/** Codes by which DNS and the system's resolver say that there is nothing (NXDOMAIN, no such record). */
const emptyCodes: ReadonlySet<string | undefined> = new Set(['ENOTFOUND', 'ENODATA']);

/** What a resolver's code means, where its own message does not say. */
const reasons: Readonly<Record<string, string>> = {
  ESERVFAIL: 'the name server failed',
  EREFUSED: 'the name server refused to answer',
  ENOTIMP: 'the name server does not answer such questions',
  EFORMERR: 'the name server did not understand the question',
  EBADRESP: 'the name server’s answer is malformed',
  ECONNREFUSED: 'no name server can be reached',
  ETIMEOUT: 'no answer in time',
  EAI_AGAIN: 'no name server answers, or it failed',
};

/**
 * A directory's answer: one spelling for each address, each once, in an order that does not depend on the source's.
 *
 * @param source what was looked up
 * @throws DirectoryError where there are more than {@link maxAddresses}
 */
export function answerOf(source: string, addresses: Iterable<PeerAddress>): readonly PeerAddress[] {
  const byText = new Map<string, PeerAddress>();
  for (const { host, port } of addresses) {
    const address = { host: hostText(host), port };
    byText.set(addressText(address), address);
    refuseTooMany(source, byText.size);
  }
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, address]) => address);
}

/** @throws DirectoryError */
export function refuseTooMany(source: string, count: number): void {
  if (count <= maxAddresses) return;
  throw new DirectoryError(
    `${source}: more than ${maxAddresses} addresses; at most so many replicas can be known`,
  );
}

/** Did the resolver answer that there is nothing? */
export function saysNothingIsThere(error: unknown): boolean {
  return emptyCodes.has(codeOf(error));
}

/** @param name what was looked up */
export function failureOf(name: string, error: unknown): DirectoryError {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const reason = code === undefined ? message : `${reasons[code] ?? message} (${code})`;
  return new DirectoryError(`${name}: ${reason}`, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  BatchAnswer,
  DigestRequest,
  GoCall,
  OutgoingBatch,
  PeerClient,
  SnapshotRequest,
} from '#replication';

/** What a peer of the contract does when it is called. What it answers may be nonsense, or never come. */
export interface ServedPeer {
  /** @param batch parsed JSON, as it came */
  receiveBatch(batch: unknown): unknown;
  takeDigest(request: DigestRequest): unknown;
  /** @returns the lines of a snapshot, each made when it is asked for */
  serveSnapshot(request: SnapshotRequest): AsyncIterable<string> | 'not-ready';
}

/** A transport, and a hand on the peers that it reaches. */
export interface PeerClientHarness {
  readonly client: PeerClient;
  /** @returns the address of a new peer */
  startPeer(peer: ServedPeer): Promise<string>;
  /** @returns the address of a new peer of the Go service, which knows no call but events, and may refuse them */
  startGoPeer(receive: (type: string, body: string) => boolean): Promise<string>;
  /** Whatever is under way to or from the peer is lost. It may be called again. */
  cut(address: string): Promise<void> | void;
  /** Waits for a call; where time is not real, lets it pass meanwhile. */
  settled?<Answer>(call: Promise<Answer>): Promise<Answer>;
  /** Lets everything go as far as it can by itself. */
  pass(): Promise<void>;
  close?(): Promise<void>;
}

/** What a transport may do without. */
export interface PeerClientTraits {
  /** False for one within a process: what it carries is no text, and its peers answer nothing that is no answer. */
  readonly isOverWire: boolean;
}

const epoch = '00112233445566ff';
const answer: BatchAnswer = { epoch, phase: 'ready', outcome: 'applied', applied: 18 };
const digest = { youngerThanMs: 600_000, digest: '0123456789abcdef'.repeat(256) };
const digestRequest = { agoMs: 3, youngerThanMs: 600_000 };
const batch: OutgoingBatch = {
  origin: '127.0.0.9:8080',
  epoch: 'fedcba9876543210',
  first: 17,
  oldest: 5,
  events: [
    { kind: 'load', state: '{"id":"r-1 “é” 😀","g":1}', sinceMs: 0, loggedMs: 0 },
    { kind: 'other', state: '[1,null,"\\u0000"]', sinceMs: 0, loggedMs: 0 },
  ],
};

/** Never answers. */
export const silence = new Promise<never>(() => {});

/** What every `PeerClient` must keep to. */
export function peerClientContract(
  name: string,
  makeHarness: () => Promise<PeerClientHarness> | PeerClientHarness,
  { isOverWire }: PeerClientTraits = { isOverWire: true },
): void {
  describe(`PeerClient contract: ${name}`, () => {
    let harness: PeerClientHarness;
    const peerThat = (does: Partial<ServedPeer>) =>
      harness.startPeer({
        receiveBatch: () => answer,
        takeDigest: () => digest,
        serveSnapshot: () => linesOf([headerLine, endLine]),
        ...does,
      });
    const settled = <Answer>(call: Promise<Answer>) => harness.settled?.(call) ?? call;
    const send = (peer: string, sent = batch) => settled(harness.client.sendBatch(peer, sent));
    const isPeerError = { name: 'PeerError', message: expect.stringMatching(/./) };

    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness.close?.());

    describe('batches', () => {
      it('arrive as they were sent, and so does the answer', async () => {
        const received: unknown[] = [];
        const peer = await peerThat({ receiveBatch: (body) => (received.push(body), answer) });
        expect(await send(peer)).toEqual(answer);
        expect(received).toEqual([
          {
            v: 1,
            origin: '127.0.0.9:8080',
            epoch: 'fedcba9876543210',
            first: 17,
            oldest: 5,
            events: [
              {
                kind: 'load',
                ageMs: expect.any(Number),
                unchangedMs: expect.any(Number),
                state: { id: 'r-1 “é” 😀', g: 1 },
              },
              {
                kind: 'other',
                ageMs: expect.any(Number),
                unchangedMs: expect.any(Number),
                state: [1, null, '\0'],
              },
            ],
          },
        ]);
      });

      it.each<BatchAnswer>([
        { epoch, phase: 'starting', outcome: 'snapshot', applied: 0 },
        { epoch, phase: 'draining', outcome: 'gap', applied: Number.MAX_SAFE_INTEGER },
      ])('are answered in all ways that there are: $phase, $outcome', async (given) => {
        expect(await send(await peerThat({ receiveBatch: () => given }))).toEqual(given);
      });

      it('as large as a feed makes them arrive whole', async () => {
        const state = JSON.stringify('x'.repeat(256));
        const events = Array.from({ length: 1_000 }, () => ({
          kind: 'load',
          state,
          sinceMs: 0,
          loggedMs: 0,
        }));
        let received: unknown[] = [];
        const peer = await peerThat({
          receiveBatch: (body) => {
            received = (body as { events: unknown[] }).events;
            return answer;
          },
        });
        await send(peer, { ...batch, events });
        expect(received).toHaveLength(1_000);
        expect(received[999]).toMatchObject({ state: 'x'.repeat(256) });
      });

      it('to a peer that does not speak them are an unknown call', async () => {
        expect(await send(await harness.startGoPeer(() => true))).toBe('unknown-call');
      });

      it('that the peer fails at are an error, and the next one is a new call', async () => {
        let calls = 0;
        const peer = await peerThat({
          receiveBatch: () => {
            if (++calls === 1) throw new Error('out of order');
            return answer;
          },
        });
        await expect(send(peer)).rejects.toMatchObject(isPeerError);
        expect(await send(peer)).toEqual(answer);
      });

      it('are not repeated, whatever becomes of them', async () => {
        let calls = 0;
        const peer = await peerThat({ receiveBatch: () => (calls++, silence) });
        const call = send(peer);
        await expect(call).rejects.toMatchObject(isPeerError);
        await harness.pass();
        expect(calls).toBe(1);
      });

      if (!isOverWire) return;

      it.each([
        ['nothing', undefined],
        ['no object', 'applied'],
        ['no epoch', { ...answer, epoch: undefined }],
        ['an epoch that is no text', { ...answer, epoch: 5 }],
        ['a phase that is none', { ...answer, phase: 'dreaming' }],
        ['an outcome that is none', { ...answer, outcome: 'perhaps' }],
        ['a negative sequence', { ...answer, applied: -1 }],
        ['half a sequence', { ...answer, applied: 1.5 }],
        ['a sequence as text', { ...answer, applied: '18' }],
        ['far too much', { ...answer, epoch: 'f'.repeat(1_000_000) }],
      ])('are not answered by %s', async (_name, nonsense) => {
        await expect(send(await peerThat({ receiveBatch: () => nonsense }))).rejects.toMatchObject(
          isPeerError,
        );
      });
    });

    describe('digests', () => {
      const ask = (peer: string) => settled(harness.client.fetchDigest(peer, digestRequest));

      it('are asked for and answered exactly', async () => {
        const requests: DigestRequest[] = [];
        const peer = await peerThat({ takeDigest: (request) => (requests.push(request), digest) });
        expect(await ask(peer)).toEqual(digest);
        expect(requests).toEqual([digestRequest]);
      });

      it('of a peer that is not ready are none', async () => {
        expect(await ask(await peerThat({ takeDigest: () => 'not-ready' }))).toBe('not-ready');
      });

      if (!isOverWire) return;

      it.each([
        ['no age', { digest: digest.digest }],
        ['a digest that is no text', { youngerThanMs: 1, digest: 7 }],
        ['a negative age', { youngerThanMs: -1, digest: digest.digest }],
      ])('are refused with %s', async (_name, nonsense) => {
        await expect(ask(await peerThat({ takeDigest: () => nonsense }))).rejects.toMatchObject(isPeerError);
      });
    });

    describe('calls of the Go service', () => {
      const goCall: GoCall = {
        type: 'load.stats.set',
        // As no JSON library would write it: what Go wrote must not be written anew.
        body: '{ "request_id":"r-1 “é”", "timestamp":1763851234567000001,"prompt_length" : 512.0}',
        key: 'r-1',
      };

      it('carry type and body byte for byte', async () => {
        const received: string[] = [];
        const peer = await harness.startGoPeer((type, body) => received.push(type, body) > 0);
        const sent = isOverWire ? goCall : { ...goCall, body: JSON.stringify(JSON.parse(goCall.body)) };
        expect(await settled(harness.client.sendGoCall(peer, sent))).toBe(true);
        expect(received).toEqual([sent.type, sent.body]);
      });

      it('may be refused', async () => {
        const peer = await harness.startGoPeer(() => false);
        expect(await settled(harness.client.sendGoCall(peer, goCall))).toBe(false);
      });
    });

    describe('snapshots', () => {
      const fetch = (peer: string, request: SnapshotRequest = {}) =>
        settled(harness.client.fetchSnapshot(peer, request));
      const streamOf = async (peer: string, request: SnapshotRequest = {}) => {
        const snapshot = await fetch(peer, request);
        if (snapshot === 'not-ready') throw new Error('the peer is ready');
        const chunks = snapshot.chunks[Symbol.asyncIterator]();
        return {
          header: snapshot.header,
          next: () => settled(chunks.next()),
          leave: () => chunks.return?.(),
        };
      };
      const isRefused = { name: expect.stringMatching(/^(PeerError|WireError)$/) };
      const drain = async (peer: string) => {
        const { next } = await streamOf(peer);
        let chunks = 0;
        while (!(await next()).done) chunks++;
        return chunks;
      };

      it('begin with the cursors, and end when all chunks have come in their order', async () => {
        const cursors = { [epoch]: 7, '0000000000000001': 0, ffffffffffffffff: Number.MAX_SAFE_INTEGER };
        const lines = [
          JSON.stringify({ v: 1, epoch, cursors }),
          chunkLine(1),
          chunkLine(2),
          chunkLine(3),
          endLine,
        ];
        const { header, next } = await streamOf(await peerThat({ serveSnapshot: () => linesOf(lines) }));
        expect(header).toEqual({ epoch, cursors: new Map(Object.entries(cursors)) });
        const states: unknown[] = [];
        for (let chunk = await next(); !chunk.done; chunk = await next()) states.push(chunk.value[0]!.state);
        expect(states).toEqual([1, 2, 3]);
      });

      it('are asked for whole, or in part, or for the hints', async () => {
        const requests: SnapshotRequest[] = [];
        const serveSnapshot = (request: SnapshotRequest) => {
          requests.push(request);
          return linesOf([headerLine, endLine]);
        };
        const peer = await peerThat({ serveSnapshot });
        await streamOf(peer);
        await streamOf(peer, { buckets: [0, 17, 255], youngerThanMs: 1_500.5 });
        expect(requests[0]?.buckets).toBeUndefined();
        expect(requests[0]?.youngerThanMs).toBeUndefined();
        expect(requests[1]).toEqual({ buckets: [0, 17, 255], youngerThanMs: 1_500.5 });
        await streamOf(peer, { hints: true });
        expect(requests[2]).toEqual({ hints: true });
      });

      it('of a peer that is not ready are none', async () => {
        expect(await fetch(await peerThat({ serveSnapshot: () => 'not-ready' }))).toBe('not-ready');
      });

      it('are not made faster than they are read', async () => {
        const total = 400;
        let made = 0;
        async function* lines() {
          yield headerLine;
          for (; made < total; made++) yield chunkLine(made, 64 * 1024);
          yield endLine;
        }
        const { next } = await streamOf(await peerThat({ serveSnapshot: lines }));
        await next();
        await harness.pass();
        const madeAtFirst = made;
        await harness.pass();
        expect(made).toBe(madeAtFirst);
        expect(made).toBeLessThan(total * 0.9);
        for (let i = 1; i < total; i++) expect((await next()).value).toMatchObject([{ state: i }]);
        expect((await next()).done).toBe(true);
      });

      it('do not hold up batches to the same peer', async () => {
        const peer = await peerThat({ serveSnapshot: () => hangingAfter([headerLine, chunkLine(1)]) });
        const { next } = await streamOf(peer);
        await next();
        expect(await send(peer)).toEqual(answer);
      });

      it('whose reader leaves are given no further', async () => {
        let hasEnded = false;
        async function* lines() {
          try {
            yield headerLine;
            for (;;) yield chunkLine(1, 64 * 1024);
          } finally {
            hasEnded = true;
          }
        }
        const { next, leave } = await streamOf(await peerThat({ serveSnapshot: lines }));
        await next();
        await leave();
        await harness.pass();
        expect(hasEnded).toBe(true);
      });

      it('whose first line is refused are given no further', async () => {
        let hasEnded = false;
        async function* lines() {
          try {
            yield '{}';
            for (;;) yield chunkLine(1, 64 * 1024);
          } finally {
            hasEnded = true;
          }
        }
        await expect(fetch(await peerThat({ serveSnapshot: lines }))).rejects.toMatchObject(isRefused);
        await harness.pass();
        expect(hasEnded).toBe(true);
      });

      it.each([
        ['before its first line', []],
        ['before its first chunk', [headerLine]],
        ['in its midst', [headerLine, chunkLine(1)]],
      ])('that end politely %s are an error', async (_name, lines) => {
        await expect(drain(await peerThat({ serveSnapshot: () => linesOf(lines) }))).rejects.toMatchObject(
          isPeerError,
        );
      });

      it('at which the donor fails are an error', async () => {
        async function* lines() {
          yield headerLine;
          yield chunkLine(1);
          throw new Error('out of memory');
        }
        await expect(drain(await peerThat({ serveSnapshot: lines }))).rejects.toMatchObject(isPeerError);
      });

      it('that are cut off in their midst are an error', async () => {
        const peer = await peerThat({ serveSnapshot: () => hangingAfter([headerLine, chunkLine(1)]) });
        const { next } = await streamOf(peer);
        await next();
        const rest = expect(next()).rejects.toMatchObject(isPeerError);
        await harness.cut(peer);
        await rest;
      });

      it('whose donor falls silent are an error', async () => {
        const peer = await peerThat({ serveSnapshot: () => hangingAfter([headerLine, chunkLine(1)]) });
        await expect(drain(peer)).rejects.toMatchObject(isPeerError);
      });

      it.each([
        ['another version', JSON.stringify({ v: 2, epoch, cursors: {} })],
        ['no cursors', JSON.stringify({ v: 1, epoch })],
        ['a cursor that is none', JSON.stringify({ v: 1, epoch, cursors: { [epoch]: -1 } })],
        ['an epoch that is none', JSON.stringify({ v: 1, epoch: 'E', cursors: {} })],
        ['no JSON', '{'],
      ])('are refused where the first line has %s', async (_name, line) => {
        const peer = await peerThat({ serveSnapshot: () => linesOf([line, endLine]) });
        await expect(fetch(peer)).rejects.toMatchObject(isRefused);
      });

      it.each([
        ['no JSON', '{"events":['],
        ['no object', '[]'],
        ['neither events nor an end', '{}'],
        ['an event that is none', '{"events":[7]}'],
        ['an age that is none', '{"events":[{"kind":"load","ageMs":-1,"unchangedMs":0,"state":1}]}'],
      ])('are refused where a later line has %s', async (_name, line) => {
        const lines = [headerLine, chunkLine(1), line, endLine];
        const { next } = await streamOf(await peerThat({ serveSnapshot: () => linesOf(lines) }));
        expect((await next()).value).toMatchObject([{ state: 1 }]);
        await expect(next()).rejects.toMatchObject(isRefused);
      });
    });

    describe('every call', () => {
      const calls: readonly (readonly [
        name: string,
        call: (client: PeerClient, peer: string) => Promise<unknown>,
      ])[] = [
        ['sendBatch', (client, peer) => client.sendBatch(peer, batch)],
        ['fetchDigest', (client, peer) => client.fetchDigest(peer, digestRequest)],
        ['fetchSnapshot', (client, peer) => client.fetchSnapshot(peer, {})],
      ];
      const silentPeer = () =>
        peerThat({
          receiveBatch: () => silence,
          takeDigest: () => silence,
          serveSnapshot: () => hangingAfter([]),
        });

      it.each(calls)(
        'ends by a time-out where the peer hangs, and delays none to others: %s',
        async (_name, call) => {
          const [hanging, sound] = [await silentPeer(), await peerThat({})];
          let isOver = false;
          const late = call(harness.client, hanging).finally(() => (isOver = true));
          expect(await send(sound)).toEqual(answer);
          expect(isOver).toBe(false);
          await expect(settled(late)).rejects.toMatchObject(isPeerError);
        },
      );

      it.each(calls)('fails where the connection is cut: %s', async (_name, call) => {
        const peer = await silentPeer();
        const failure = expect(settled(call(harness.client, peer))).rejects.toMatchObject(isPeerError);
        await harness.pass();
        await harness.cut(peer);
        await failure;
      });

      it.each(calls)('fails where nobody can be: %s', async (_name, call) => {
        for (const address of ['127.0.0.1:1', 'no address', ''])
          await expect(settled(call(harness.client, address))).rejects.toMatchObject(isPeerError);
      });
    });

    it('may reach a peer again that was forgotten', async () => {
      const peer = await peerThat({});
      await send(peer);
      harness.client.forget(peer);
      harness.client.forget(peer);
      harness.client.forget('127.0.0.1:1');
      expect(await send(peer)).toEqual(answer);
    });

    it('ends what is under way to a peer that is forgotten', async () => {
      const peer = await peerThat({ receiveBatch: () => silence });
      const failure = expect(send(peer)).rejects.toMatchObject(isPeerError);
      await harness.pass();
      harness.client.forget(peer);
      await failure;
    });
  });
}

const headerLine = JSON.stringify({ v: 1, epoch, cursors: {} });
const endLine = '{"end":true}';

/** A line with one event, whose state is the number. */
function chunkLine(state: number, bytes = 0): string {
  return JSON.stringify({
    events: [{ kind: 'load', ageMs: 0, unchangedMs: 0, state, padding: 'x'.repeat(bytes) }],
  });
}

async function* linesOf(lines: readonly string[]): AsyncIterable<string> {
  yield* lines;
}

async function* hangingAfter(lines: readonly string[]): AsyncIterable<string> {
  yield* lines;
  await silence;
}

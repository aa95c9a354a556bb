import { type PeerClientHarness, peerClientContract } from '../contracts/peer-client-contract.js';
import { SeededRandom } from './seeded-random.js';
import { SimulatedNetwork } from './simulated-network.js';
import { type PeerServer, SimulatedPeerClient } from './simulated-peer-client.js';
import { SimulatedProcess } from './simulated-process.js';
import { SimulatedTime } from './simulated-time.js';

const goAnswers = {
  receiveBatch: () => 'unknown-call' as const,
  serveSnapshot: () => 'not-ready' as const,
  takeDigest: () => 'not-ready' as const,
};

peerClientContract(
  'the simulated network',
  (): PeerClientHarness => {
    const time = new SimulatedTime();
    const random = new SeededRandom(1, 'contract');
    const network = new SimulatedNetwork<PeerServer>(time, random);
    const traits = { monotonicOffsetMs: 0, wallClockMs: 0, turnMs: 0.1 };
    const self = { address: 'self:1', process: new SimulatedProcess(time, random, traits) };
    let peers = 0;
    const attach = (server: PeerServer) => {
      const address = `peer-${peers++}:1`;
      network.attach(address, { process: new SimulatedProcess(time, random, traits), server });
      return address;
    };
    return {
      client: new SimulatedPeerClient(network, time, self),
      startPeer: async (peer) =>
        attach({
          receiveBatch: async (body) => peer.receiveBatch(body) as never,
          serveSnapshot: ({ buckets, youngerThanMs, hints }) =>
            peer.serveSnapshot({
              ...(buckets !== undefined && { buckets: [...buckets] }),
              ...(youngerThanMs !== undefined && { youngerThanMs }),
              ...(hints === true && { hints }),
            }),
          takeDigest: async (request) => peer.takeDigest(request) as never,
          receiveGoCall: () => false,
        }),
      startGoPeer: async (receive) =>
        attach({ ...goAnswers, receiveGoCall: (type, body) => receive(type, JSON.stringify(body)) }),
      cut: (address) => network.detach(address),
      settled: async (call) => {
        const state = { isSettled: false };
        const settle = () => (state.isSettled = true);
        call.then(settle, settle);
        while (!state.isSettled) await time.runUntil(time.nowMs + 10);
        return call;
      },
      pass: () => time.runUntil(time.nowMs + 500),
    };
  },
  { isOverWire: false },
);

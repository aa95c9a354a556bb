import { parseArgs } from 'node:util';
import { RenderedLoads } from '#load';
import { median } from './statistics.ts';
import { verdictOf } from './verdict.ts';

/**
 * What the answer to a load query costs in process, beside JSON.stringify of the same engines: with none, some and all
 * of them changed since the query before. What is held to a bar is the ratio of the medians.
 */
const { values } = parseArgs({
  options: {
    engines: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '15' },
    queries: { type: 'string', default: '400' },
  },
});
const [engines, rounds, queries] = [values.engines, values.rounds, values.queries].map(Number) as [
  number,
  number,
  number,
];
/** The engines of one cluster, as the service knows them and as a bare server would keep them. */
const known = Array.from({ length: engines }, (_, engine) => ({
  ip: `10.0.${engine >> 8}.${engine & 255}`,
  queuedCount: 0,
  prefillCount: 0,
  promptLength: 0,
  updatedUs: Date.now() * 1_000,
  version: 0,
}));
const bare = known.map(({ ip, updatedUs }) => ({
  ip,
  queued_req_num: 0,
  prompt_length: 0,
  updated_time: updatedUs * 1_000,
  prefill_req_num: 0,
}));
const model = { engineCount: engines, engines: () => known.values() };
const rendered = new RenderedLoads();

function change(place: number): void {
  const engine = known[place]!;
  engine.queuedCount = (engine.queuedCount + 1) % 100;
  engine.prefillCount = engine.queuedCount >> 1;
  engine.promptLength = engine.prefillCount * 700;
  engine.updatedUs += 1_237;
  engine.version++;
  const object = bare[place]!;
  object.queued_req_num = engine.queuedCount;
  object.prefill_req_num = engine.prefillCount;
  object.prompt_length = engine.promptLength;
  object.updated_time = engine.updatedUs * 1_000;
}

/** @returns µs of one query, those of the changes before it left out */
function queryUs(changed: number, query: () => unknown): number {
  let spentMs = 0;
  for (let i = 0; i < queries; i++) {
    for (let j = 0; j < changed; j++) change((i * changed + j * 97) % engines);
    const startedMs = performance.now();
    kept = query();
    spentMs += performance.now() - startedMs;
  }
  return (spentMs / queries) * 1_000;
}

/** What nobody uses might not be computed. */
export let kept: unknown;

process.stdout.write(`${engines} engines, ${queries} queries a round, median of ${rounds} rounds\n`);
for (const [changed, mostRatio] of [
  [0, 0.2],
  [Math.round(engines / 100), 0.2],
  [engines, 0.6],
] as const) {
  const ours: number[] = [];
  const stringified: number[] = [];
  for (let round = 0; round < rounds + 3; round++) {
    const figures = [
      queryUs(changed, () => rendered.of(model)),
      queryUs(changed, () => JSON.stringify(bare)),
    ];
    if (round < 3) continue;
    ours.push(figures[0]!);
    stringified.push(figures[1]!);
  }
  const ratio = median(ours) / median(stringified);
  process.stdout.write(
    `${changed} changed: ${median(ours).toFixed(1)} µs, JSON.stringify ${median(stringified).toFixed(1)} µs, ratio ${ratio.toFixed(3)} ${verdictOf(ratio, mostRatio)}\n`,
  );
}

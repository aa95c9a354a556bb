import { countOf, objectOf, shown } from './answer-fields.js';
import { failed, type CallResult } from './call-result.js';

/** How many leading blocks of one prompt an engine holds, by the engine's place; those that hold none are missing. */
export type HeldBlocks = ReadonlyMap<number, number>;

/** No engine holds any, or nobody knows. */
export const noneHeld: HeldBlocks = new Map();

/** What the answer says that tells which engines hold a prompt's prefixes. */
export interface Locations {
  readonly held: HeldBlocks;
  /** What no right answer says, in words; what is said so is left out of `held`. */
  readonly oddities: readonly string[];
}

/** What was asked. */
export interface LocationsQuestion {
  readonly engineByIp: ReadonlyMap<string, number>;
  /** The prompt's length in blocks. */
  readonly blocks: number;
  /** Engines that may be listed at most. */
  readonly topK: number;
}

/** Reads the answer's `data`. */
export function readLocations(
  data: unknown,
  { engineByIp, blocks, topK }: LocationsQuestion,
): CallResult<Locations> {
  const rows = objectOf(data)?.['locations'];
  if (!Array.isArray(rows))
    return failed(`data must have a list of locations, it is ${shown(JSON.stringify(data))}`);
  const held = new Map<number, number>();
  const oddities: string[] = [];
  const listed = new Set<string>();
  let shortest = Number.POSITIVE_INFINITY;
  if (rows.length > topK) oddities.push(`${rows.length} locations are listed, must be ${topK} at most`);
  for (const row of rows as readonly unknown[]) {
    const fields = objectOf(row);
    const ip = fields?.['ip'];
    const length = countOf(fields?.['length']);
    if (typeof ip !== 'string' || length === undefined)
      return failed(`a location must have ip and a length from 0, it is ${shown(JSON.stringify(row))}`);
    const engine = engineByIp.get(ip);
    if (length < 1 || length > blocks)
      oddities.push(`location ${ip} length is ${length}, must be 1 to ${blocks}`);
    else if (listed.has(ip)) oddities.push(`location ${ip} is listed twice`);
    else if (engine === undefined) oddities.push(`location ${shown(ip)} was never given anything`);
    else held.set(engine, length);
    if (length > shortest) oddities.push(`location ${ip} length ${length} stands after ${shortest}`);
    shortest = Math.min(shortest, length);
    listed.add(ip);
  }
  return { ok: true, value: { held, oddities } };
}

import type { EngineLoad } from '../../domain/engine-stats.js';
import { digitCount, writeDigits } from './digits.js';
import { maxInt32 } from './int32.js';

const [beforeIp, beforeQueued, beforePrompt, beforeUpdated, beforePrefill, end] = [
  '{"ip":"',
  '","queued_req_num":',
  ',"prompt_length":',
  ',"updated_time":',
  '000,"prefill_req_num":',
  '}',
].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];

/** From the end of the address to the count, and from each number to the next. */
const queuedGap = beforeQueued.length;
const promptGap = beforePrompt.length;
const updatedGap = beforeUpdated.length;
const prefillGap = beforePrefill.length;
const ipAt = beforeIp.length;
const namesBytes = ipAt + queuedGap + promptGap + updatedGap + prefillGap + end.length;

/** With the comma behind it; an address, three counts of 31 bits, a time of 16 digits. */
export const maxEngineBytes = namesBytes + 1 + 15 + 3 * 10 + 16;

/** A time is written in two parts, of which the upper changes every 100 s; the lower one has so many digits. */
const lowDigits = 8;
const lowUnitUs = 10 ** lowDigits;

/** The upper part of a time, which must not be zero: JSON has no leading zeros. */
export function upperTimeOf(updatedUs: number): number {
  return Math.floor(updatedUs / lowUnitUs);
}

/**
 * How many digits the numbers of an engine have, in four bits each. An engine with the same layout and the same upper
 * time as before is written to the same bytes but for {@link writeNumbers}.
 */
export function layoutOf({ queuedCount, promptLength, prefillCount }: EngineLoad, upperTime: number): number {
  return (
    digitCount(shown(queuedCount)) |
    (digitCount(shown(promptLength)) << 4) |
    (digitCount(shown(prefillCount)) << 8) |
    (digitCount(upperTime) << 12)
  );
}

const queuedDigitsOf = (layout: number): number => layout & 15;
const promptDigitsOf = (layout: number): number => (layout >> 4) & 15;
const prefillDigitsOf = (layout: number): number => (layout >> 8) & 15;
const upperDigitsOf = (layout: number): number => (layout >> 12) & 15;

/** Bytes of an engine that is written. */
export function engineBytes(ip: string, layout: number): number {
  const counts = queuedDigitsOf(layout) + promptDigitsOf(layout) + prefillDigitsOf(layout);
  return namesBytes + ip.length + counts + upperDigitsOf(layout) + lowDigits;
}

/**
 * Writes what JSON.stringify makes of an `EngineLoadDto`; a test holds the two against each other. Microseconds are a
 * number without loss, nanoseconds are not: their last three digits stand among the names.
 */
export function writeEngine(
  view: DataView,
  start: number,
  engine: EngineLoad,
  layout: number,
  upperTime: number,
): void {
  const { ip } = engine;
  const upperDigits = upperDigitsOf(layout);
  let at = writeBytes(view, start, beforeIp);
  for (let i = 0; i < ip.length; i++) view.setUint8(at + i, ip.charCodeAt(i));
  at = writeBytes(view, at + ip.length, beforeQueued);
  at = writeBytes(view, at + queuedDigitsOf(layout), beforePrompt);
  at = writeBytes(view, at + promptDigitsOf(layout), beforeUpdated);
  writeDigits(view, at, upperTime, upperDigits);
  at = writeBytes(view, at + upperDigits + lowDigits, beforePrefill);
  writeBytes(view, at + prefillDigitsOf(layout), end);
  writeNumbers(view, start, engine, layout, upperTime);
}

/** Writes the digits that may change while an engine's layout and upper time do not. */
export function writeNumbers(
  view: DataView,
  start: number,
  { ip, queuedCount, promptLength, updatedUs, prefillCount }: EngineLoad,
  layout: number,
  upperTime: number,
): void {
  const queuedDigits = queuedDigitsOf(layout);
  const promptDigits = promptDigitsOf(layout);
  const queuedAt = start + ipAt + ip.length + queuedGap;
  const promptAt = queuedAt + queuedDigits + promptGap;
  const lowAt = promptAt + promptDigits + updatedGap + upperDigitsOf(layout);
  writeDigits(view, queuedAt, shown(queuedCount), queuedDigits);
  writeDigits(view, promptAt, shown(promptLength), promptDigits);
  writeDigits(view, lowAt, updatedUs - upperTime * lowUnitUs, lowDigits);
  writeDigits(view, lowAt + lowDigits + prefillGap, shown(prefillCount), prefillDigitsOf(layout));
}

/** As a gateway can read it. */
function shown(count: number): number {
  return count < maxInt32 ? count : maxInt32;
}

function writeBytes(view: DataView, at: number, from: Buffer): number {
  for (let i = 0; i < from.length; i++) view.setUint8(at + i, from[i]!);
  return at + from.length;
}

const zero = 0x30;
/** The four digits of 0 to 9,999, the first one in the lowest byte. */
const fours = Uint32Array.from({ length: 10_000 }, (_, value) =>
  Array.from(String(value).padStart(4, '0')).reduceRight(
    (word, digit) => (word << 8) | (zero + Number(digit)),
    0,
  ),
);

/** How many digits an integer of at most 31 bits has. */
export function digitCount(value: number): number {
  if (value < 10_000) {
    if (value < 100) return value < 10 ? 1 : 2;
    return value < 1_000 ? 3 : 4;
  }
  if (value < 100_000_000) {
    if (value < 1_000_000) return value < 100_000 ? 5 : 6;
    return value < 10_000_000 ? 7 : 8;
  }
  return value < 1_000_000_000 ? 9 : 10;
}

/** Writes the last digits of an integer of at most 31 bits, four at a time. */
export function writeDigits(view: DataView, at: number, value: number, count: number): void {
  let left = value | 0;
  let end = at + count;
  for (; end - at >= 4; end -= 4) {
    const rest = (left / 10_000) | 0;
    view.setUint32(end - 4, fours[left - rest * 10_000]!, true);
    left = rest;
  }
  const last = fours[left % 10_000]!;
  if (end - at >= 2) {
    view.setUint16(end - 2, last >>> 16, true);
    if (end - at === 3) view.setUint8(at, last >>> 8);
  } else if (end > at) view.setUint8(at, last >>> 24);
}

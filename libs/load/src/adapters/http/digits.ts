const zero = 0x30;
/** The two digits of 0 to 99, the second one in the upper byte. */
const pairs = Uint16Array.from(
  { length: 100 },
  (_, value) => (zero + Math.floor(value / 10)) | ((zero + (value % 10)) << 8),
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

/** Writes the last digits of an integer of at most 31 bits, two at a time. */
export function writeDigits(bytes: Uint8Array, at: number, value: number, count: number): void {
  let left = value | 0;
  let end = at + count;
  for (; end - at >= 2; end -= 2) {
    const rest = (left / 100) | 0;
    const pair = pairs[left - rest * 100]!;
    bytes[end - 1] = pair >> 8;
    bytes[end - 2] = pair;
    left = rest;
  }
  if (end > at) bytes[at] = zero + (left % 10);
}

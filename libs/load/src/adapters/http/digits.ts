const zero = 0x30;
/** The two digits of 0 to 99. */
const tens = Uint8Array.from({ length: 100 }, (_, value) => zero + Math.floor(value / 10));
const ones = Uint8Array.from({ length: 100 }, (_, value) => zero + (value % 10));

/** How many digits an integer of at most 31 bits has. */
export function digitCount(value: number): number {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1_000) return 3;
  if (value < 10_000) return 4;
  if (value < 100_000) return 5;
  let count = 6;
  for (let limit = 1_000_000; count < 10 && value >= limit; limit *= 10) count++;
  return count;
}

/** Writes the last digits of an integer of at most 31 bits, two at a time. */
export function writeDigits(bytes: Uint8Array, at: number, value: number, count: number): void {
  let left = value | 0;
  let end = at + count;
  for (; end - at >= 2; end -= 2) {
    const rest = (left / 100) | 0;
    const pair = left - rest * 100;
    bytes[end - 1] = ones[pair]!;
    bytes[end - 2] = tens[pair]!;
    left = rest;
  }
  if (end > at) bytes[at] = zero + (left % 10);
}

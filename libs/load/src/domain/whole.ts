/** Whether a value is an integer from `min` to `max`, both included. */
export function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** Whether a value fits into 64 bits with its sign. */
export function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

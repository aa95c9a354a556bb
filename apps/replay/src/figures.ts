/** A table without colours, which a file or a CI log would show as codes. */
export const plainTable = { head: [], border: [], compact: true };

/** A number without a fraction. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A number with one digit of its fraction at most. */
export function inTenths(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

/** A share of 0 to 1. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** Microseconds in milliseconds. */
export function milliseconds(valueUs: number): string {
  return (valueUs / 1000).toFixed(2);
}

/** Whether a figure is at most what it is to be; benches say so, and decide nothing. */
export function verdictOf(value: number, most: number): string {
  return `${value <= most ? 'met' : 'MISSED'}: <= ${most}`;
}

/** The beginning of a foreign text, fit for a line on a terminal: control characters become spaces. */
export function excerpt(text: string, maxLength: number): string {
  const line = text.slice(0, maxLength).replaceAll(/\p{Cc}+/gu, ' ');
  return text.length > maxLength ? `${line}…` : line;
}

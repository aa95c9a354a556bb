const simple = /^[\w.~-]+=[\w.~-]*(?:&[\w.~-]+=[\w.~-]*)*$/;

/**
 * Reads a query that has nothing to decode and no name twice.
 *
 * @param query without its question mark
 * @returns undefined for any other
 */
export function simpleQuery(query: string): Record<string, string> | undefined {
  if (!simple.test(query)) return undefined;
  const pairs = query.split('&').map((pair) => pair.split('=', 2) as [string, string]);
  const fields = Object.fromEntries(pairs);
  return Object.keys(fields).length === pairs.length ? fields : undefined;
}

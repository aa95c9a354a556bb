/** Lines in one slice: some 2 ms of work. */
const sliceLines = 1_000;

/** Joins the lines of a family that may be long, as a `MetricSource` is to render it. */
export function* slicesOfLines(lines: Iterable<string>): Iterable<string> {
  let slice: string[] = [];
  for (const line of lines) {
    slice.push(line);
    if (slice.length < sliceLines) continue;
    yield slice.join('');
    slice = [];
  }
  if (slice.length > 0) yield slice.join('');
}

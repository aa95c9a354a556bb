/**
 * Splits bytes into lines of UTF-8 text without their line ends. A line of more than `maxLength` characters
 * comes as `undefined`, and nothing after it, so that memory stays bounded whatever the file is.
 */
export async function* readLines(
  content: AsyncIterable<Uint8Array>,
  maxLength: number,
): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of content) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    if (rest.length > maxLength) {
      yield undefined;
      return;
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

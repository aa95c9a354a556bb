import { readFileSync } from 'node:fs';

/** The release, from package.json, which lies beside the compiled `dist` and above the sources alike. */
export const version = findVersion(new URL('.', import.meta.url));

function findVersion(directory: URL): string {
  try {
    const text = readFileSync(new URL('package.json', directory), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    const parent = new URL('..', directory);
    if (parent.href === directory.href) throw new Error('package.json is missing above the program');
    return findVersion(parent);
  }
}

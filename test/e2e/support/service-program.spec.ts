import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { serviceFlags } from './service-program.js';

describe('the flags of the service', () => {
  const quoted = (quote: string): string => serviceFlags.map((flag) => quote + flag + quote).join(', ');

  const command = `node_modules/.bin/node ${serviceFlags.join(' ')} dist/apps/metadata-center/src/main.js`;

  it.each([
    ['package.json', command],
    ['docs/user/guide.md', command],
    ['docs/user/guide_zh.md', command],
    ['Dockerfile', `ENTRYPOINT ["/app/node_modules/.bin/node", ${quoted('"')}, `],
    ['apps/cluster/src/replica-process.ts', `[${quoted("'")}, script]`],
    ['apps/replay/src/replica-process.ts', `[${quoted("'")}, script]`],
  ])('are the same in %s', (file, start) => {
    expect(readFileSync(file, 'utf8')).toContain(start);
  });
});

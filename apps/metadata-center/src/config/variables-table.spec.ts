import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { variables } from './variables.js';

const inCode: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(variables).map(({ name, default: text }) => [name, text ?? '—']),
);
const ours = /^(METADATA_CENTER_|REPLICA_|META_DATA_|POD_)/;
/** A row `| \`NAME\` | default | …`; the default may stand in backticks. */
const row = /^\s*\|\s*`([A-Z][A-Z0-9_]*)`\s*\|\s*`?([^|`]*?)`?\s*\|/;

describe.each(['docs/user/guide.md', 'docs/user/guide_zh.md'])('the table of variables in %s', (path) => {
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, name, text] = row.exec(line) ?? [];
      return name !== undefined && (ours.test(name) || name in inCode) ? [[name, text!] as const] : [];
    });

  it('has every variable once, with its default', () => {
    expect(Object.fromEntries(rows)).toEqual(inCode);
    expect(rows).toHaveLength(Object.keys(inCode).length);
  });
});

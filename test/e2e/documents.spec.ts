import { existsSync, globSync, readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, call } from './support/call.js';
import { type RunningReplica, startReplica } from './support/replica.js';

/** A `curl` line of a document, and the answer that stands below it. */
interface Shown {
  readonly command: string;
  readonly answer: string;
}

const argument = String.raw`(?:'([^']*)'|"([^"]*)"|(\S+))`;

/** Commands whose answer is shown as it is, in their order; `-s` hands it to another command. */
function shownIn(text: string): Shown[] {
  const blocks = text.matchAll(/^(curl (?!-s)[^|\n]*)\n((?:# .*\n)+)/gm);
  return [...blocks].map(([, command, lines]) => ({
    command: command!,
    answer: lines!.replaceAll(/^# /gm, '').trim(),
  }));
}

function valuesOf(command: string, flag: string): string[] {
  return [...command.matchAll(new RegExp(`${flag} ${argument}`, 'g'))].map(([, a, b, c]) => a ?? b ?? c!);
}

async function run({ command }: Shown, replica: RunningReplica): Promise<string> {
  const [, a, b, c] = new RegExp(` (?:'(localhost:[^']*)'|"(localhost:[^"]*)"|(localhost:\\S+))`).exec(
    command,
  )!;
  const url = (a ?? b ?? c!)
    .replace('localhost:8080', replica.url)
    .replace('localhost:8081', replica.adminUrl);
  const headers = Object.fromEntries(valuesOf(command, '-H').map((header) => header.split(': ')));
  const [body] = valuesOf(command, '-d');
  const answer = await call(valuesOf(command, '-X')[0] ?? 'GET', url, body, headers);
  return / -i /.test(command) ? withHeaders(answer) : answer.text;
}

function withHeaders({ status, headers, text }: Answer): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '#', text].join('\n');
}

/** Without what differs from run to run, and from client to client. */
function comparable(answer: string): string[] {
  return answer
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<trace id>')
    .replaceAll(/"updated_time":\d{19}/g, '"updated_time":<ns>')
    .split('\n')
    .map((line) => line.replace(/^[\w-]+:/, (name) => name.toLowerCase()))
    .filter((line) => !/^(date|connection|keep-alive):|^#?$/.test(line));
}

const strict = { METADATA_CENTER_API_MODE: 'strict' };
const inFlight = { cluster: 'mycluster', request_id: 'req123', ip: '192.168.1.1', prompt_length: 512 };

describe('what the documents show', () => {
  let replica: RunningReplica | undefined;
  afterEach(async () => {
    await replica?.close();
    replica = undefined;
  });

  it.each(['README.md', 'README_zh.md'])('%s is what a newcomer sees who follows it', async (path) => {
    replica = await startReplica();
    const shown = shownIn(readFileSync(path, 'utf8'));
    expect(shown.length).toBeGreaterThan(9);
    for (const each of shown) {
      expect({ command: each.command, answer: comparable(await run(each, replica)) }).toEqual({
        command: each.command,
        answer: comparable(each.answer),
      });
    }
  });

  it.each(['docs/api.md', 'docs/api_zh.md'])('%s is what the API answers, in both modes', async (path) => {
    const shown = shownIn(readFileSync(path, 'utf8'));
    expect(shown.length).toBeGreaterThan(14);
    const firstStrict = shown.findIndex(({ command }) => command.includes('req300'));
    const lastStrict = shown.findLastIndex(({ command }) => command.includes('req300'));
    for (const [environment, part] of [
      [{}, [...shown.slice(0, firstStrict), ...shown.slice(lastStrict + 1)]],
      [strict, shown.slice(firstStrict, lastStrict + 1)],
    ] as const) {
      replica = await startReplica(environment);
      await call('POST', `${replica.url}/v1/load/stats`, inFlight);
      for (const each of part) {
        expect({ command: each.command, answer: comparable(await run(each, replica)) }).toEqual({
          command: each.command,
          answer: comparable(each.answer),
        });
      }
      await replica.close();
      replica = undefined;
    }
  });

  it.each(['docs/user/guide.md', 'docs/user/guide_zh.md'])('%s names every metric', async (path) => {
    replica = await startReplica();
    const { text } = await call('GET', `${replica.url}/metrics`);
    const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
    const guide = readFileSync(path, 'utf8');
    expect(families.length).toBeGreaterThan(30);
    const missing = families.filter(
      (name) => !/^(process|nodejs)_/.test(name) && !guide.includes(`\`${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('have no relative link that leads nowhere', () => {
    const documents = globSync(['*.md', 'docs/**/*.md']);
    expect(documents.length).toBeGreaterThan(15);
    const broken = documents.flatMap((path) => {
      const links = [...readFileSync(path, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
        ([, link]) => link!,
      );
      return links.filter((link) => !existsSync(join(dirname(path), link))).map((link) => `${path}: ${link}`);
    });
    expect(broken).toEqual([]);
  });
});

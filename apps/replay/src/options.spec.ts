import { describe, expect, it } from 'vitest';
import { InputError } from './input-error.js';
import { parseArguments } from './options.js';

describe('parseArguments', () => {
  it('has defaults for everything', () => {
    expect(parseArguments([])).toEqual({ options: { engines: 64, speed: 60, concurrency: 16, seed: 1 } });
  });

  it('reads every flag', () => {
    const line =
      '--trace ../t.jsonl --engines 100000 --speed max --concurrency 1 --target http://host:8080/ --cluster c --requests 5 --seed 0';
    expect(parseArguments(line.split(' '))).toEqual({
      options: {
        trace: '../t.jsonl',
        engines: 100_000,
        speed: 'max',
        concurrency: 1,
        target: 'http://host:8080',
        cluster: 'c',
        requests: 5,
        seed: 0,
      },
    });
    expect(parseArguments(['--speed', '0.5'])).toMatchObject({ options: { speed: 0.5 } });
  });

  it('gives the help that is asked for', () => {
    const parsed = parseArguments(['--help']);
    if (!('help' in parsed)) throw new Error('there is help');
    for (const flag of [
      'trace',
      'engines',
      'speed',
      'concurrency',
      'target',
      'cluster',
      'requests',
      'seed',
      'help',
    ]) {
      expect(parsed.help).toContain(`--${flag}`);
    }
    expect(parsed.help).toContain('Exit code: 0');
  });

  it.each([
    [
      ['--engines', '0'],
      /--engines <n>' argument '0' is invalid\. It must be a whole number, 1 to 100000; see/,
    ],
    [['--engines', '1e3'], /whole number/],
    [['--engines', ''], /whole number/],
    [['--speed', 'fast'], /--speed <x>' argument 'fast' is invalid\. It must be "max" or a number/],
    [['--speed', '0'], /"max" or a number/],
    [['--speed', '-1'], /--speed/],
    [['--concurrency', '1025'], /1 to 1024/],
    [['--requests', '2000001'], /1 to 2000000/],
    [['--seed', '4294967296'], /0 to 4294967295/],
    [
      ['--target', 'localhost:8080'],
      /--target <url>' argument 'localhost:8080' is invalid\. It must be scheme, host and port/,
    ],
    [['--target', 'http://host/path'], /scheme, host and port/],
    [['--target', 'http://user:secret@host'], /scheme, host and port/],
    [['--cluster', ''], /1 to 256 characters/],
    [['--cluster', 'a\nb'], /1 to 256 characters/],
    [['--cluster', 'x'.repeat(257)], /1 to 256 characters/],
    [['--trace', ''], /It must name a file/],
    [['--trace'], /argument missing/],
    [['--sped', '5'], /unknown option '--sped' \(Did you mean one of --seed, --speed\?\)/],
    [['file.jsonl'], /too many arguments/],
  ])('refuses %j in one line that leads to the help', (args, message) => {
    const parse = (): unknown => parseArguments(args);
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^.*; see npm run replay -- --help$/s);
  });
});

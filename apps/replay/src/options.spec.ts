import { describe, expect, it } from 'vitest';
import { InputError } from './input-error.js';
import { parseArguments } from './options.js';

const defaults = {
  engines: 64,
  clusters: 1,
  speed: 60,
  inFlight: 1000,
  concurrency: 16,
  seed: 1,
  timeoutMs: 100,
  stalenessMs: 3000,
  tolerateFaults: false,
};

describe('parseArguments', () => {
  it('has defaults for everything', () => {
    expect(parseArguments([])).toEqual({ options: defaults });
  });

  it('reads every flag', () => {
    const line =
      '--trace ../t.jsonl --engines 100000 --speed max --concurrency 1 --target http://host:8080/ --cluster c --requests 5 --seed 0';
    expect(parseArguments(line.split(' '))).toEqual({
      options: {
        ...defaults,
        trace: '../t.jsonl',
        engines: 100_000,
        speed: 'max',
        concurrency: 1,
        target: ['http://host:8080'],
        cluster: 'c',
        requests: 5,
        seed: 0,
      },
    });
    expect(parseArguments(['--speed', '0.5'])).toMatchObject({ options: { speed: 0.5 } });
  });

  it('reads the flags of a rate and of several replicas', () => {
    const line =
      '--rate 1500 --duration 1.5m --in-flight 200 --clusters 12 --timeout 2s --staleness 500ms --tolerate-faults --json out.json --choice both';
    expect(parseArguments(line.split(' '))).toEqual({
      options: {
        ...defaults,
        rate: 1500,
        durationMs: 90_000,
        inFlight: 200,
        clusters: 12,
        timeoutMs: 2000,
        stalenessMs: 500,
        tolerateFaults: true,
        json: 'out.json',
        choice: 'both',
      },
    });
  });

  it('takes several targets, with commas or by the flag again', () => {
    const line = '--target http://a:1,http://b:1 --target http://c:1/';
    expect(parseArguments(line.split(' '))).toMatchObject({
      options: { target: ['http://a:1', 'http://b:1', 'http://c:1'] },
    });
  });

  it('gives the help that is asked for', () => {
    const parsed = parseArguments(['--help']);
    if (!('help' in parsed)) throw new Error('there is help');
    for (const flag of [
      'trace',
      'engines',
      'choice',
      'speed',
      'concurrency',
      'target',
      'cluster',
      'requests',
      'seed',
      'rate',
      'duration',
      'in-flight',
      'clusters',
      'timeout',
      'staleness',
      'tolerate-faults',
      'json',
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
    [
      ['--choice', 'random'],
      /--choice <name>' argument 'random' is invalid\. Allowed choices are least-loaded, cache-aware, both; see/,
    ],
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
    [['--target', 'http://a:1,'], /--target <url>' argument 'http:\/\/a:1,' is invalid\. It must be scheme/],
    [['--target', 'http://a:80,http://b:1', '--target', 'http://a'], /Each replica must be given once/],
    [
      ['--target', Array.from({ length: 65 }, (_, port) => `http://a:${port + 1}`).join(',')],
      /There must be at most 64/,
    ],
    [['--rate', '0'], /It must be a number, 0\.1 to 100000/],
    [['--rate', 'max'], /It must be a number/],
    [['--rate', '1e3'], /It must be a number/],
    [['--rate', '10', '--duration', '30'], /It must be a duration such as 500ms, 30s or 5m, 1 ms to 24 h/],
    [['--rate', '10', '--duration', '25h'], /1 ms to 24 h/],
    [['--duration', '30s'], /--duration needs --rate/],
    [['--in-flight', '0'], /1 to 1000000/],
    [['--clusters', '1001'], /1 to 1000/],
    [['--timeout', '0s'], /1 ms to 60 s/],
    [['--staleness', '601s'], /0 ms to 600 s/],
    [['--json', ''], /It must name a file/],
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

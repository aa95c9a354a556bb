import { describe, expect, it } from 'vitest';
import { InputError } from './input-error.js';
import { parseArguments } from './options.js';

describe('parseArguments', () => {
  it('has defaults for everything', () => {
    expect(parseArguments([])).toEqual({
      options: { replicas: 3, port: 8080, adminPort: 8081, logLevel: 'WARN' },
    });
  });

  it('reads every flag', () => {
    const line = '--replicas 5 --port 9000 --admin-port 9001 --log-level debug';
    expect(parseArguments(line.split(' '))).toEqual({
      options: { replicas: 5, port: 9000, adminPort: 9001, logLevel: 'DEBUG' },
    });
  });

  it('gives the help that is asked for, with what becomes of a replica that dies', () => {
    const parsed = parseArguments(['--help']);
    if (!('help' in parsed)) throw new Error('there is help');
    for (const text of [
      '--replicas',
      '--port',
      '--admin-port',
      '--log-level',
      'started again',
      'Exit code',
    ]) {
      expect(parsed.help).toContain(text);
    }
  });

  it.each([
    [['--replicas', '0'], /--replicas <n>' argument '0' is invalid\. It must be a whole number, 1 to 9; see/],
    [['--replicas', '10'], /1 to 9/],
    [['--port', '0'], /1 to 65535/],
    [['--port', '65536'], /1 to 65535/],
    [['--admin-port', 'x'], /1 to 65535/],
    [['--port', '8081'], /--port and --admin-port are both 8081, but must differ/],
    [['--log-level', 'loud'], /one of TRACE, DEBUG, INFO, WARN, ERROR, FATAL/],
    [['--prot', '1'], /unknown option '--prot' \(Did you mean --port\?\)/],
    [['three'], /too many arguments/],
  ])('refuses %j in one line that leads to the help', (args, message) => {
    const parse = (): unknown => parseArguments(args);
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^.*; see npm run cluster -- --help$/s);
  });
});

import { describe, expect, it } from 'vitest';
import { addresses, duration, hostName, integer, ipAddress, ipAddresses, oneOf, size } from './formats.js';

describe('duration', () => {
  const { parse, allowed } = duration(1, 86_400_000);

  it.each([
    ['500ms', 500],
    ['5s', 5_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['1h0m0.5s', 3_600_500],
    ['.5s', 500],
    ['2.s', 2_000],
    ['+5s', 5_000],
    ['1500us', 1.5],
    ['1500µs', 1.5],
    ['1500μs', 1.5],
    ['2000000ns', 2],
    ['1s1s', 2_000],
    ['24h', 86_400_000],
  ])('reads %s as Go does', (text, ms) => {
    expect(parse(text)).toBeCloseTo(ms, 9);
  });

  it.each([
    '5',
    '0',
    '',
    's',
    '.s',
    '-5s',
    '5 s',
    '5S',
    '1d',
    '5s3',
    '1,5s',
    '1e3s',
    '0x5s',
    '5ss',
    'NaNs',
    '٣s',
  ])('refuses %j', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('refuses what is too short or too long, and says what is allowed', () => {
    expect(parse('1ms')).toBe(1);
    expect(parse('999us')).toBeUndefined();
    expect(parse('24h0m0.001s')).toBeUndefined();
    expect(allowed).toBe('a duration from 1ms to 24h, like 500ms, 5s or 1m30s');
    expect(duration(1_000, 60_000).allowed).toContain('from 1s to 1m');
  });
});

describe('integer', () => {
  const { parse, allowed } = integer(1, 65_535);

  it('reads whole numbers within its bounds', () => {
    expect(['1', '8080', '65535', '00080'].map(parse)).toEqual([1, 8080, 65_535, 80]);
    expect(allowed).toBe('an integer from 1 to 65535');
  });

  it.each(['0', '65536', '-1', '+1', '1.0', '1e3', '0x10', '1_000', ' 1', 'abc', '', '9'.repeat(400)])(
    'refuses %j',
    (text) => {
      expect(parse(text)).toBeUndefined();
    },
  );
});

describe('size', () => {
  const { parse, allowed } = size(1_024, 2 ** 33);

  it.each([
    ['1024', 1_024],
    ['1KiB', 1_024],
    ['512KiB', 524_288],
    ['64MiB', 67_108_864],
    ['1GiB', 1_073_741_824],
    ['8589934592', 2 ** 33],
  ])('reads %s', (text, bytes) => {
    expect(parse(text)).toBe(bytes);
  });

  it.each([
    '',
    'MiB',
    '64MB',
    '64Mi',
    '64M',
    '64mib',
    '64 MiB',
    '1.5GiB',
    '-1KiB',
    '+1KiB',
    '1e6',
    '1MiB1KiB',
  ])('refuses %j', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('refuses what is too small or too large, and says what is allowed', () => {
    expect([parse('1023'), parse('8589934593'), parse('9GiB'), parse('9'.repeat(40))]).toEqual(
      Array(4).fill(undefined),
    );
    expect(allowed).toBe('a size from 1KiB to 8GiB, like 64MiB, 512KiB or plain bytes');
    expect(size(1_000, 2 ** 30 + 2 ** 20).allowed).toContain('from 1000 to 1025MiB');
  });
});

describe('oneOf', () => {
  const { parse, allowed } = oneOf('json', 'TEXT');

  it('takes its words in any case, and gives them in its own', () => {
    expect(['json', 'JSON', 'text', 'Text'].map(parse)).toEqual(['json', 'json', 'TEXT', 'TEXT']);
    expect(['', 'xml', 'json ', 'jso', '__proto__'].map(parse)).toEqual(Array(5).fill(undefined));
    expect(allowed).toBe('json | TEXT');
  });
});

describe('ipAddress', () => {
  it.each(['127.0.0.1', '0.0.0.0', '::', '::1', 'fe80::1', '::ffff:10.0.0.1'])('takes %s', (text) => {
    expect(ipAddress.parse(text)).toBe(text);
  });

  it.each(['localhost', '1.2.3', '1.2.3.4.5', '01.2.3.4', '256.1.1.1', '[::1]', '1.2.3.4:80', ''])(
    'refuses %j',
    (text) => {
      expect(ipAddress.parse(text)).toBeUndefined();
    },
  );
});

describe('hostName', () => {
  const longest = `${'a'.repeat(63)}.`.repeat(4).slice(0, 253);

  it.each([
    'metadata-center',
    'mdc.default.svc.cluster.local',
    'mdc.local.',
    '_http._tcp.mdc',
    '3com',
    longest,
  ])('takes %s', (text) => {
    expect(hostName.parse(text)).toBe(text);
  });

  it.each(['', '.', '-a', 'a-', 'a..b', 'a b', 'a:80', 'http://a', 'a/b', '模型', `${longest}aa`])(
    'refuses %j',
    (text) => {
      expect(hostName.parse(text)).toBeUndefined();
    },
  );
});

describe('addresses', () => {
  it('reads hosts, IPv4 and bracketed IPv6 addresses with ports', () => {
    expect(addresses.parse('mdc-1:80, 10.0.0.1:8080,[::1]:65535')).toEqual([
      { host: 'mdc-1', port: 80 },
      { host: '10.0.0.1', port: 8080 },
      { host: '::1', port: 65_535 },
    ]);
    expect(addresses.allowed).toBe('host:port, …');
  });

  it.each([
    'a',
    'a:',
    'a:0',
    'a:65536',
    'a:80,',
    ',a:80',
    '::1:80',
    '[10.0.0.1]:80',
    '[::1:80',
    'a:8o',
    'a b:80',
  ])('refuses %j', (text) => {
    expect(addresses.parse(text)).toBeUndefined();
  });
});

describe('ipAddresses', () => {
  const { parse, allowed } = ipAddresses(53);

  it('reads IPv4 and bracketed IPv6 addresses, with or without a port', () => {
    expect(parse('10.0.0.53, [fe80::1],127.0.0.1:5353,[::1]:5353')).toEqual([
      { host: '10.0.0.53', port: 53 },
      { host: 'fe80::1', port: 53 },
      { host: '127.0.0.1', port: 5353 },
      { host: '::1', port: 5353 },
    ]);
    expect(allowed).toContain('(default port 53)');
  });

  it.each(['', 'dns', 'dns:53', '10.0.0.53:0', '10.0.0.53,', '::1', '[10.0.0.53]', '10.0.0.53:53:53'])(
    'refuses %j',
    (text) => {
      expect(parse(text)).toBeUndefined();
    },
  );
});

import { describe, expect, it } from 'vitest';
import { OwnAddresses } from './own-addresses.js';

const interfaces = () => [
  { address: '127.0.0.1', internal: true },
  { address: '::1', internal: true },
  { address: 'fe80::1', internal: false },
  { address: '10.0.0.7', internal: false },
  { address: '2001:db8::7', internal: false },
];
const port = 8080;

function isNotAsked(): never {
  throw new Error('the interfaces are of no concern here');
}

function ownOf(own: OwnAddresses, hosts: readonly string[]): string[] {
  return hosts.filter((host) => own.has({ host, port }));
}

describe('OwnAddresses', () => {
  const all = ['127.0.0.1', '127.0.0.2', '::1', 'fe80::1', '10.0.0.7', '10.0.0.8', '2001:db8::7'];

  it('is the configured address alone, where there is one, whatever is bound', () => {
    for (const boundHost of ['0.0.0.0', '::', '127.0.0.1']) {
      const own = new OwnAddresses({ podIp: '10.0.0.8', boundHost, port }, isNotAsked);
      expect(ownOf(own, all)).toEqual(['10.0.0.8']);
      expect(own.advertised).toEqual({ host: '10.0.0.8', port });
    }
  });

  it('is else the bound address alone: replicas on 127.0.0.1, .2 and .3 are three', () => {
    const own = new OwnAddresses({ boundHost: '127.0.0.2', port }, isNotAsked);
    expect(ownOf(own, all)).toEqual(['127.0.0.2']);
    expect(own.advertised).toEqual({ host: '127.0.0.2', port });
  });

  it('is each IPv4 interface where 0.0.0.0 is bound', () => {
    const own = new OwnAddresses({ boundHost: '0.0.0.0', port }, interfaces);
    expect(ownOf(own, all)).toEqual(['127.0.0.1', '10.0.0.7']);
    expect(own.advertised).toEqual({ host: '10.0.0.7', port });
  });

  it.each(['::', '0:0:0:0:0:0:0:0'])('is each interface where %s is bound', (boundHost) => {
    const own = new OwnAddresses({ boundHost, port }, interfaces);
    expect(ownOf(own, all)).toEqual(['127.0.0.1', '::1', 'fe80::1', '10.0.0.7', '2001:db8::7']);
    expect(own.advertised).toEqual({ host: '10.0.0.7', port });
  });

  it('is another replica’s where the port is another', () => {
    const own = new OwnAddresses({ boundHost: '127.0.0.1', port });
    expect(own.has({ host: '127.0.0.1', port: 8081 })).toBe(false);
  });

  it('compares addresses, not how they are spelt', () => {
    const v4 = new OwnAddresses({ boundHost: '::ffff:10.0.0.7', port });
    expect(ownOf(v4, ['10.0.0.7', '::FFFF:a00:7'])).toHaveLength(2);
    expect(v4.advertised.host).toBe('10.0.0.7');
    const v6 = new OwnAddresses({ podIp: '2001:DB8:0::7', boundHost: '::', port });
    expect(ownOf(v6, ['2001:db8::7', '2001:0db8:0:0:0:0:0:7'])).toHaveLength(2);
    expect(v6.advertised.host).toBe('2001:db8::7');
  });

  it('takes no name for its own: that is for the epoch to tell', () => {
    expect(ownOf(new OwnAddresses({ boundHost: '127.0.0.1', port }), ['localhost', ''])).toEqual([]);
  });

  it('advertises a loopback of its family where the machine has no other address', () => {
    const loopbacks = () => interfaces().slice(0, 3);
    expect(new OwnAddresses({ boundHost: '0.0.0.0', port }, loopbacks).advertised.host).toBe('127.0.0.1');
    expect(new OwnAddresses({ boundHost: '::', port }, loopbacks).advertised.host).toBe('::1');
    const bare = new OwnAddresses({ boundHost: '0.0.0.0', port });
    expect(bare.advertised.host).toBe('127.0.0.1');
    expect(bare.has({ host: '127.0.0.1', port })).toBe(true);
  });
});

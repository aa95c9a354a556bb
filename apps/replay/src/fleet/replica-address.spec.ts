import { describe, expect, it } from 'vitest';
import { addressOf, inOrderOfAddress } from './replica-address.js';

describe('addressOf', () => {
  it.each([
    ['http://10.0.0.1:8080', '10.0.0.1:8080'],
    ['http://host', 'host:80'],
    ['https://host', 'host:443'],
    ['http://[::1]:8080', '[::1]:8080'],
  ])('%s is %s', (target, address) => {
    expect(addressOf(target)).toBe(address);
  });
});

describe('inOrderOfAddress', () => {
  it('sorts by the text of host and port, as Go sorts strings', () => {
    const sorted = ['http://10.0.0.10:80', 'http://10.0.0.2:80', 'http://10.0.0.2:8080', 'https://a:1'];
    expect(inOrderOfAddress(sorted.toReversed())).toEqual(sorted);
  });
});

import { describe, expect, it } from 'vitest';
import { addressText, peerAddressOf } from './peer-address.js';

describe('the text of an address', () => {
  it.each([
    [{ host: '10.0.0.1', port: 8080 }, '10.0.0.1:8080'],
    [{ host: '::1', port: 1 }, '[::1]:1'],
    [{ host: 'pod-0.mdc', port: 65_535 }, 'pod-0.mdc:65535'],
  ])('leads back to the address: %o', (address, text) => {
    expect(addressText(address)).toBe(text);
    expect(peerAddressOf(text)).toEqual(address);
  });

  it.each([
    ['0:0:0:0:0:0:0:1', '[::1]:80'],
    ['2001:DB8::0:7', '[2001:db8::7]:80'],
    ['::FFFF:10.0.0.1', '10.0.0.1:80'],
    ['Pod-0.MDC', 'pod-0.mdc:80'],
  ])('is one, however %s is spelt', (host, text) => {
    expect(addressText({ host, port: 80 })).toBe(text);
  });

  it.each([
    '',
    ':80',
    '10.0.0.1',
    '10.0.0.1:',
    '10.0.0.1:0',
    '10.0.0.1:65536',
    '10.0.0.1:080808',
    '10.0.0.1:8e3',
    '::1:80',
    '[10.0.0.1:80',
    '[]:80',
    'host name:80',
    'user@host:80',
    'host/path:80',
    'host:80/path',
    'host:80\n',
    `${'x'.repeat(254)}:80`,
  ])('is not %j', (text) => {
    expect(peerAddressOf(text)).toBeUndefined();
  });
});

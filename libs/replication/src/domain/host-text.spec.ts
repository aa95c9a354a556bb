import { describe, expect, it } from 'vitest';
import { hostText } from './host-text.js';

describe('hostText', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:0a00:0001', '10.0.0.1'],
    ['0:0:0:0:0:ffff:255.0.1.16', '255.0.1.16'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['0000:0000::0001', '::1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::10.0.0.1', '::a00:1'],
    ['FE80:0::1%Eth0', 'fe80::1%eth0'],
    ['Pod-0.MDC', 'pod-0.mdc'],
  ])('spells %s as %s', (host, text) => {
    expect(hostText(host)).toBe(text);
    expect(hostText(text)).toBe(text);
  });

  it('leaves what is no host as it is', () => {
    expect(hostText('1::2::3')).toBe('1::2::3');
    expect(hostText('')).toBe('');
  });
});

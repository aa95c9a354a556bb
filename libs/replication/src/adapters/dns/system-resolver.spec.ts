import { describe, expect, it } from 'vitest';
import { DirectoryError } from '../../application/ports/directory.js';
import { SystemResolver } from './system-resolver.js';
import { TimeLimit } from './time-limit.js';

const patientMs = 10_000;

/** Look-ups that end when the test says so. */
class HeldLookups {
  readonly asked: string[] = [];
  readonly #held: PromiseWithResolvers<{ address: string }[]>[] = [];

  readonly lookUp = (name: string) => {
    this.asked.push(name);
    const held = Promise.withResolvers<{ address: string }[]>();
    this.#held.push(held);
    return held.promise;
  };

  answer(address: string): void {
    this.#held.shift()!.resolve([{ address }]);
  }

  fail(code: string): void {
    this.#held.shift()!.reject(Object.assign(new Error(`getaddrinfo ${code}`), { code }));
  }
}

describe('SystemResolver', () => {
  it('reads the hosts file', async () => {
    const found = await new SystemResolver().addressesOf('localhost', new TimeLimit(patientMs));
    expect(found).toContain('127.0.0.1');
  });

  it.each(['ENOTFOUND', 'ENODATA'])('takes %s for an answer', async (code) => {
    const lookups = new HeldLookups();
    const found = new SystemResolver(lookups.lookUp).addressesOf('mdc.test', new TimeLimit(patientMs));
    lookups.fail(code);
    expect(await found).toEqual([]);
  });

  it.each([
    ['EAI_AGAIN', 'mdc.test: no name server answers, or it failed (EAI_AGAIN)'],
    ['EAI_FAIL', 'mdc.test: getaddrinfo EAI_FAIL (EAI_FAIL)'],
  ])('can’t tell after %s', async (code, message) => {
    const lookups = new HeldLookups();
    const found = new SystemResolver(lookups.lookUp).addressesOf('mdc.test', new TimeLimit(patientMs));
    lookups.fail(code);
    await expect(found).rejects.toEqual(new DirectoryError(message));
  });

  it('gives up a look-up that hangs, and shares it with who asks again, rather than begin another', async () => {
    const lookups = new HeldLookups();
    const resolver = new SystemResolver(lookups.lookUp);
    for (let round = 0; round < 3; round++) {
      await expect(resolver.addressesOf('mdc.test', new TimeLimit(5))).rejects.toThrow(
        'mdc.test: no answer within 5 ms',
      );
    }
    expect(lookups.asked).toEqual(['mdc.test']);
    const shared = resolver.addressesOf('mdc.test', new TimeLimit(patientMs));
    lookups.answer('127.0.0.1');
    expect(await shared).toEqual(['127.0.0.1']);
    const next = resolver.addressesOf('mdc.test', new TimeLimit(patientMs));
    lookups.answer('127.0.0.2');
    expect(await next).toEqual(['127.0.0.2']);
    expect(lookups.asked).toEqual(['mdc.test', 'mdc.test']);
  });

  it('begins the look-up of another name when the one that hangs has ended', async () => {
    const lookups = new HeldLookups();
    const resolver = new SystemResolver(lookups.lookUp);
    await expect(resolver.addressesOf('a.test', new TimeLimit(5))).rejects.toThrow('a.test: no answer');
    await expect(resolver.addressesOf('b.test', new TimeLimit(5))).rejects.toThrow('b.test: no answer');
    const found = resolver.addressesOf('b.test', new TimeLimit(patientMs));
    expect(lookups.asked).toEqual(['a.test']);
    lookups.fail('EAI_AGAIN');
    await expect.poll(() => lookups.asked).toEqual(['a.test', 'b.test']);
    lookups.answer('127.0.0.2');
    expect(await found).toEqual(['127.0.0.2']);
  });

  it('outlives a look-up that throws at once', async () => {
    let calls = 0;
    const resolver = new SystemResolver(() => {
      if (calls++ === 0) throw new Error('no such look-up');
      return Promise.resolve([{ address: '127.0.0.1' }]);
    });
    await expect(resolver.addressesOf('mdc.test', new TimeLimit(patientMs))).rejects.toThrow(
      'mdc.test: no such look-up',
    );
    expect(await resolver.addressesOf('mdc.test', new TimeLimit(patientMs))).toEqual(['127.0.0.1']);
  });
});

import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RequestHooks } from './request-hooks.js';

const onRequest = (_request: unknown, _reply: unknown, done: () => void) => done();
const answer = () => 'x';

describe('RequestHooks', () => {
  let app: FastifyInstance;
  let hooks: RequestHooks;
  beforeEach(() => {
    app = fastify();
    app.addHook('onRequest', onRequest);
    hooks = new RequestHooks();
    hooks.watch(app);
  });
  afterEach(() => app.close());

  it('knows the routes that are added, method by method', async () => {
    app.get('/a', answer);
    app.route({ method: ['POST', 'DELETE'], url: '/b', handler: answer });
    await app.ready();
    expect([hooks.hasRoute('GET', '/a'), hooks.hasRoute('POST', '/a')]).toEqual([true, false]);
    expect([hooks.hasRoute('POST', '/b'), hooks.hasRoute('DELETE', '/b')]).toEqual([true, true]);
    expect(hooks.hasRoute('GET', '/A')).toBe(false);
  });

  it('finds no stranger in hooks that were there before, nor in those that no call passes through', async () => {
    app.addHook('onReady', (done) => done());
    app.addHook('onClose', (_app, done) => done());
    app.addHook('onRoute', () => undefined);
    app.get('/a', answer);
    await app.ready();
    expect(hooks.strangerOf('GET', '/a')).toBeUndefined();
  });

  it.each([
    'onRequest',
    'preParsing',
    'preValidation',
    'preHandler',
    'preSerialization',
    'onSend',
    'onResponse',
    'onTimeout',
    'onError',
    'onRequestAbort',
  ] as const)('finds %s of the whole application, and of one route', async (name) => {
    const hook = (...parts: readonly unknown[]) => (parts.at(-1) as () => void)();
    app.route({ method: ['POST', 'PUT'], url: '/own', handler: answer, [name]: hook });
    app.get('/a', answer);
    expect([hooks.strangerOf('PUT', '/own'), hooks.strangerOf('GET', '/a')]).toEqual([name, undefined]);
    app.addHook(name as 'onRequest', hook);
    expect([hooks.strangerOf('PUT', '/own'), hooks.strangerOf('GET', '/a')]).toEqual([name, name]);
    await app.ready();
  });

  it('leaves the hooks of a plugin to the routes of that plugin', async () => {
    app.register((plugin, _options, done) => {
      plugin.addHook('preHandler', onRequest);
      plugin.get('/theirs', answer);
      done();
    });
    app.get('/a', answer);
    await app.ready();
    expect(hooks.strangerOf('GET', '/a')).toBeUndefined();
  });

  it('sees a hook that somebody adds when he hears of the route', async () => {
    app.addHook('onRoute', (route) => void (route.onError = (_request, _reply, _error, done) => done()));
    app.get('/a', answer);
    await app.ready();
    expect(hooks.strangerOf('GET', '/a')).toBe('onError');
  });

  it('lets the hooks be called as they would', async () => {
    const called: string[] = [];
    app.addHook('onSend', (_request, _reply, payload, done) => {
      called.push('onSend');
      done(null, payload);
    });
    app.get('/a', answer);
    await app.inject('/a');
    expect(called).toEqual(['onSend']);
  });
});

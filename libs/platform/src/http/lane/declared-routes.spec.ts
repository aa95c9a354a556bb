import {
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  Header,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  type NestInterceptor,
  type NestModule,
  Param,
  type PipeTransform,
  Query,
  Redirect,
  Req,
  Scope,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  Version,
  VersioningType,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, RouterModule } from '@nestjs/core';
import { type NestFastifyApplication, RouteConfig, RouteConstraints } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AllMethodsController,
  Anything,
  AsyncController,
  GetBodyController,
  HostController,
  NoParameterController,
  NoRouteController,
  ObservableController,
  OnPerRequestController,
  PatternController,
  PerRequest,
  PerRequestController,
  PromiseController,
  StreamController,
  TwoPathsController,
  UndecoratedParameterController,
  marked,
  markedWith,
} from '../../../test-support/marked-controllers.js';
import { createTestApp } from '../../../test-support/test-app.js';

class AnyGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}
class AnyInterceptor implements NestInterceptor {
  intercept(_: unknown, next: CallHandler): Observable<unknown> {
    return next.handle();
  }
}
class AnyPipe implements PipeTransform {
  transform(value: unknown): unknown {
    return value;
  }
}
@Catch(RangeError)
class AnyFilter implements ExceptionFilter {
  catch(): void {}
}
const ordinary = marked([]);

@Module({ controllers: [ordinary] })
class PrefixedModule {}

@Module({ controllers: [ordinary] })
class WatchedModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply((_request: unknown, _response: unknown, next: () => void) => next()).forRoutes('*all');
  }
}

const oneParameter = /it must have one parameter, a whole @Body\(\), @Query\(\) or @BodyOrQuery\(\)$/;
const onePath = /it must have one path, without patterns$/;
const perCall = /its controller is made anew for each call$/;
const async = /it is asynchronous$/;

describe('an app does not start where a marked method has', () => {
  const start = async (metadata: ModuleMetadata, prepare?: (app: NestFastifyApplication) => void) => {
    const { app } = await createTestApp(metadata);
    prepare?.(app);
    const started = app.init().then(() => app.listen(0, '127.0.0.1'));
    const error = await started.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect((app.getHttpServer() as { listening: boolean }).listening).toBe(error === undefined);
    await app.close();
    return error as Error | undefined;
  };
  const expectRefusal = (error: Error | undefined, why: RegExp) => {
    expect(error?.name).toBe('LaneError');
    expect(error?.message).toMatch(/^\w+Controller\.take can't have the fast lane: /);
    expect(error?.message).toMatch(why);
  };

  it('nothing unusual: then it does', async () => {
    expect(await start({ controllers: [ordinary] })).toBeUndefined();
  });

  it.each<[string, Type, RegExp]>([
    ['a guard', marked([UseGuards(AnyGuard)]), /does not honour __guards__$/],
    ['a guard of its controller', marked([], [UseGuards(AnyGuard)]), /does not honour __guards__$/],
    ['a pipe', marked([UsePipes(AnyPipe)]), /does not honour __pipes__$/],
    ['a pipe of its controller', marked([], [UsePipes(AnyPipe)]), /does not honour __pipes__$/],
    ['an interceptor', marked([UseInterceptors(AnyInterceptor)]), /does not honour __interceptors__$/],
    ['an interceptor of its controller', marked([], [UseInterceptors(AnyInterceptor)]), /__interceptors__$/],
    ['an exception filter', marked([UseFilters(AnyFilter)]), /does not honour __exceptionFilters__$/],
    ['an exception filter of its controller', marked([], [UseFilters(AnyFilter)]), /__exceptionFilters__$/],
    ['a header', marked([Header('X-A', 'b')]), /does not honour __headers__$/],
    ['a redirect', marked([Redirect('/x')]), /does not honour __redirect__$/],
    ['a version', marked([Version('1')]), /does not honour __version__$/],
    [
      'a constraint',
      marked([RouteConstraints({ host: 'x' })]),
      /does not honour __fastify_route_constraints__$/,
    ],
    ['a host', HostController, /does not honour host$/],
    [
      'its body as bytes',
      marked([RouteConfig({ rawBody: true })]),
      /does not honour rawBody of a route's configuration$/,
    ],
    ['two parameters', markedWith(Body(), Query()), oneParameter],
    ['a parameter of the path', markedWith(Param()), oneParameter],
    ['a field of the body', markedWith(Body('text')), oneParameter],
    ['a pipe of its parameter', markedWith(Body(AnyPipe)), oneParameter],
    ['the request', markedWith(Req()), oneParameter],
    ['a parameter of another making', markedWith(Anything()), oneParameter],
    ['a parameter without a decorator', UndecoratedParameterController, oneParameter],
    ['no parameter', NoParameterController, oneParameter],
    ['a query in a POST', markedWith(Query()), /GET, and no other method, takes its input from @Query\(\)$/],
    ['a body in a GET', GetBodyController, /GET, and no other method, takes its input from @Query\(\)$/],
    ['an asynchronous function', AsyncController, async],
    ['a promise', PromiseController, async],
    ['an observable', ObservableController, async],
    ['a stream', StreamController, async],
    ['a controller for each request', PerRequestController, perCall],
    ['a controller with a part for each request', OnPerRequestController, perCall],
    ['no route', NoRouteController, onePath],
    ['two paths', TwoPathsController, onePath],
    ['a pattern', PatternController, onePath],
    ['all methods', AllMethodsController, /the framework has no route ALL \/p\/t$/],
  ])('%s', async (_, controller, why) => {
    expectRefusal(await start({ controllers: [controller], providers: [PerRequest] }), why);
  });

  it.each<[string, ModuleMetadata['providers'], RegExp]>([
    ['guard', [{ provide: APP_GUARD, useClass: AnyGuard }], /the application has a global guard$/],
    ['pipe', [{ provide: APP_PIPE, useClass: AnyPipe }], /the application has a global pipe$/],
    ['interceptor', [{ provide: APP_INTERCEPTOR, useClass: AnyInterceptor }], /a global interceptor$/],
    ['exception filter', [{ provide: APP_FILTER, useClass: AnyFilter }], /a global exception filter$/],
    ['guard for each request', [{ provide: APP_GUARD, useClass: AnyGuard, scope: Scope.REQUEST }], perCall],
  ])('an application with a global %s', async (_, providers, why) => {
    expectRefusal(await start({ controllers: [ordinary], providers: providers! }), why);
  });

  const anyHook = (_request: unknown, _reply: unknown, done: () => void) => done();
  const plugin = Object.assign(
    (fastify: FastifyInstance, _: unknown, done: () => void) => {
      fastify.addHook('onRequest', anyHook);
      done();
    },
    // What fastify-plugin sets: the hooks are those of the whole application.
    { [Symbol.for('skip-override')]: true },
  );
  const fastifyOf = (app: NestFastifyApplication) => app.getHttpAdapter().getInstance();

  it.each<[string, (app: NestFastifyApplication) => unknown, RegExp]>([
    ['a guard', (app) => app.useGlobalGuards(new AnyGuard()), /a global guard$/],
    ['a pipe', (app) => app.useGlobalPipes(new AnyPipe()), /a global pipe$/],
    ['an interceptor', (app) => app.useGlobalInterceptors(new AnyInterceptor()), /a global interceptor$/],
    ['an exception filter', (app) => app.useGlobalFilters(new AnyFilter()), /a global exception filter$/],
    ['a prefix', (app) => app.setGlobalPrefix('x'), /a global prefix$/],
    ['versions', (app) => app.enableVersioning({ type: VersioningType.URI }), /a global versioning$/],
    ['a hook', (app) => fastifyOf(app).addHook('preHandler', anyHook), /through a hook, preHandler$/],
    ['a hook of a plugin', (app) => fastifyOf(app).register(plugin), /through a hook, onRequest$/],
    [
      'a hook for its route',
      (app) =>
        fastifyOf(app).addHook('onRoute', (route) => {
          route.onSend = (_request, _reply, payload, done) => done(null, payload);
        }),
      /through a hook, onSend$/,
    ],
  ])('an application that was given %s', async (_, prepare, why) => {
    expectRefusal(await start({ controllers: [ordinary] }, prepare), why);
  });

  it('a module with a prefix', async () => {
    const imports = [PrefixedModule, RouterModule.register([{ path: 'before', module: PrefixedModule }])];
    expectRefusal(await start({ imports }), /the framework has no route POST \/p\/t$/);
  });

  it('a middleware', async () => {
    const error = await start({ imports: [WatchedModule] });
    expect([error?.name, error?.message]).toEqual(['LaneError', expect.stringMatching(/middleware/)]);
  });

  it('no hook that concerns only the routes of a plugin', async () => {
    const own = (fastify: FastifyInstance, _: unknown, done: () => void) => {
      fastify.addHook('onRequest', anyHook);
      done();
    };
    const error = await start({ controllers: [ordinary] }, (app) => void fastifyOf(app).register(own));
    expect(error).toBeUndefined();
  });
});

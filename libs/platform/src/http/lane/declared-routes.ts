import { type INestApplication, RequestMethod } from '@nestjs/common';
import {
  CONTROLLER_WATERMARK,
  HTTP_CODE_METADATA,
  INJECTABLE_WATERMARK,
  METHOD_METADATA,
  PATH_METADATA,
  ROUTE_ARGS_METADATA,
  RouteParamtypes,
} from '@nestjs/common/internal';
import { type ApplicationConfig, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants';
import type { FastifyContextConfig } from 'fastify';
import type { DtoClass } from '../dto-checker.js';
import { DtoPipe, bodyOrQueryFactory } from '../read-dto.js';
import { fastLaneKey } from './fast-lane.js';
import type { LaneInput, LaneRoute } from './lane-route.js';
import type { RequestHooks } from './request-hooks.js';

/** What the lane reads, and what concerns it not. Anything else that a decorator leaves must be honoured by somebody. */
const honoured = new Set([
  fastLaneKey,
  PATH_METADATA,
  METHOD_METADATA,
  HTTP_CODE_METADATA,
  ROUTE_ARGS_METADATA,
  FASTIFY_ROUTE_CONFIG_METADATA,
  CONTROLLER_WATERMARK,
  INJECTABLE_WATERMARK,
]);
const documentation = /^(swagger|design:)/;

type Method = (...parameters: unknown[]) => unknown;
type ControllerClass = abstract new (...parts: never[]) => object;

interface Parameter {
  readonly index: number;
  readonly factory?: unknown;
  readonly data?: unknown;
  readonly schema?: unknown;
  readonly pipes: readonly unknown[];
}

/** A marked method that the lane can't answer for. The message says what stands in the way. */
class LaneError extends Error {
  override readonly name = 'LaneError';
}

/**
 * Reads the declarations of all marked methods of an application that is initialized.
 *
 * @throws LaneError
 */
export function declaredRoutes(app: INestApplication, hooks: RequestHooks): LaneRoute[] {
  const scanner = new MetadataScanner();
  const routes: LaneRoute[] = [];
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const wrapper of controllers.values()) {
      const controller = wrapper.instance as Record<string, Method> | undefined;
      if (!controller || !wrapper.metatype) continue;
      for (const name of scanner.getAllMethodNames(Object.getPrototypeOf(controller) as object)) {
        if (Reflect.getMetadata(fastLaneKey, controller[name]!) !== true) continue;
        if (!wrapper.isDependencyTreeStatic())
          throw refusal(controller, name, 'its controller is made anew for each call');
        checkApp(app, controller, name);
        const route = routeOf(controller, wrapper.metatype as ControllerClass, name);
        const hook = hooks.strangerOf(route.method, route.path);
        if (hook !== undefined) throw refusal(controller, name, `its calls pass through a hook, ${hook}`);
        routes.push(route);
      }
    }
  }
  return routes;
}

function routeOf(
  controller: Record<string, Method>,
  controllerClass: ControllerClass,
  name: string,
): LaneRoute {
  const method = controller[name]!;
  for (const target of [method, controllerClass]) {
    const stranger = Reflect.getMetadataKeys(target).find((key) => !isHonoured(target, key));
    if (stranger !== undefined)
      throw refusal(controller, name, `the lane does not honour ${String(stranger)}`);
  }
  const isPromised = Reflect.getMetadata('design:returntype', controller, name) === Promise;
  if (isPromised || method.constructor.name === 'AsyncFunction')
    throw refusal(controller, name, 'it is asynchronous');
  const { input, dtoClass } = inputOf(controller, controllerClass, name);
  return {
    method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, method) as RequestMethod],
    path: pathOf(controllerClass, method),
    status: (Reflect.getMetadata(HTTP_CODE_METADATA, method) as number | undefined) ?? 200,
    input,
    dtoClass,
    config:
      (Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, method) as FastifyContextConfig | undefined) ?? {},
    handle: (dto) => method.call(controller, dto),
  };
}

function isHonoured(target: object, key: unknown): boolean {
  if (typeof key !== 'string') return false;
  return honoured.has(key) || documentation.test(key) || Reflect.getMetadata(key, target) === undefined;
}

function pathOf(controllerClass: ControllerClass, method: Method): string {
  const parts = [controllerClass, method].flatMap((target) =>
    (Reflect.getMetadata(PATH_METADATA, target) as string).split('/'),
  );
  return `/${parts.filter((part) => part !== '').join('/')}`;
}

function inputOf(
  controller: object,
  controllerClass: ControllerClass,
  name: string,
): { input: LaneInput; dtoClass: DtoClass } {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controllerClass, name) ?? {}) as Record<
    string,
    Parameter
  >;
  const entries = Object.entries(parameters);
  const types = Reflect.getMetadata('design:paramtypes', controller, name) as DtoClass[];
  const [key, parameter] = entries[0] ?? [];
  const input = parameter && inputKinds.find(({ matches }) => matches(key!, parameter))?.input;
  const isPlain =
    parameter?.data === undefined && parameter?.schema === undefined && parameter?.pipes.length === 0;
  if (entries.length !== 1 || types.length !== 1 || input === undefined || !isPlain)
    throw refusal(
      controller,
      name,
      'it must have one parameter, a whole @Body(), @Query() or @BodyOrQuery()',
    );
  return { input, dtoClass: types[0]! };
}

const inputKinds: readonly { input: LaneInput; matches: (key: string, parameter: Parameter) => boolean }[] = [
  { input: 'body', matches: (key) => key === `${RouteParamtypes.BODY}:0` },
  { input: 'query', matches: (key) => key === `${RouteParamtypes.QUERY}:0` },
  { input: 'bodyOrQuery', matches: (_, { factory }) => factory === bodyOrQueryFactory },
];

/** Whatever Nest would do before or after every method. */
function checkApp(app: INestApplication, controller: object, name: string): void {
  const { config } = app as unknown as { config: ApplicationConfig };
  const strangers = {
    guard: [...config.getGlobalGuards(), ...config.getGlobalRequestGuards()],
    interceptor: [...config.getGlobalInterceptors(), ...config.getGlobalRequestInterceptors()],
    pipe: [
      ...config.getGlobalPipes().filter((pipe) => !(pipe instanceof DtoPipe)),
      ...config.getGlobalRequestPipes(),
    ],
    'request filter': config.getGlobalRequestFilters(),
    'pre-request hook': config.getGlobalPreRequestHooks(),
    prefix: config.getGlobalPrefix() ? [config.getGlobalPrefix()] : [],
    versioning: config.getVersioning() ? [config.getVersioning()] : [],
  };
  for (const [what, found] of Object.entries(strangers)) {
    if (found.length > 0) throw refusal(controller, name, `the application has a global ${what}`);
  }
}

function refusal(controller: object, name: string, why: string): LaneError {
  return new LaneError(`${controller.constructor.name}.${name} can't have the fast lane: ${why}`);
}

import {
  type ArgumentMetadata,
  type INestApplication,
  RequestMethod,
  StreamableFile,
  type Type,
} from '@nestjs/common';
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
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants';
import type { FastifyContextConfig } from 'fastify';
import { ApiExceptionFilter } from '../api-exception-filter.js';
import { DtoPipe, bodyOrQueryFactory } from '../read-dto.js';
import { fastLaneKey } from './fast-lane.js';
import { LaneError } from './lane-error.js';
import { isLater } from './later.js';
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
const honouredConfig = new Set(['requiresReady', 'bodyLimitBytes', 'uint64Lists']);
const isPattern = /[:*]/;

type Method = (...parameters: unknown[]) => unknown;
type ControllerClass = abstract new (...parts: never[]) => object;
/** What Nest keeps of a controller. */
type ControllerWrapper = Pick<InstanceWrapper, 'isDependencyTreeStatic' | 'metatype'>;

interface Parameter {
  readonly index: number;
  readonly factory?: unknown;
  readonly data?: unknown;
  readonly schema?: unknown;
  readonly pipes: readonly unknown[];
}

/**
 * Reads the declarations of all marked methods of an application that is initialized.
 *
 * @throws LaneError
 */
export function declaredRoutes(app: INestApplication, hooks: RequestHooks): LaneRoute[] {
  return Array.from(markedMethods(app), ({ wrapper, controller, name }) => {
    if (!wrapper.isDependencyTreeStatic())
      throw refusal(controller, name, 'its controller is made anew for each call');
    checkApp(app, controller, name);
    const route = routeOf(controller, wrapper.metatype as ControllerClass, name);
    if (!hooks.hasRoute(route.method, route.path))
      throw refusal(controller, name, `the framework has no route ${route.method} ${route.path}`);
    const hook = hooks.strangerOf(route.method, route.path);
    if (hook !== undefined) throw refusal(controller, name, `its calls pass through a hook, ${hook}`);
    return route;
  });
}

interface MarkedMethod {
  readonly wrapper: ControllerWrapper;
  readonly controller: Record<string, Method>;
  readonly name: string;
}

function* markedMethods(app: INestApplication): Iterable<MarkedMethod> {
  const scanner = new MetadataScanner();
  const modules = [...app.get(ModulesContainer).values()];
  for (const wrapper of modules.flatMap(({ controllers }) => Array.from(controllers.values()))) {
    const controller = wrapper.instance as Record<string, Method> | undefined;
    if (!controller || !wrapper.metatype) continue;
    for (const name of scanner.getAllMethodNames(Object.getPrototypeOf(controller) as object)) {
      if (Reflect.getMetadata(fastLaneKey, controller[name]!) === true) yield { wrapper, controller, name };
    }
  }
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
  const returned = Reflect.getMetadata('design:returntype', controller, name) as Type | undefined;
  const isAsync = method.constructor.name === 'AsyncFunction';
  if (isAsync || returned === StreamableFile || isLater(returned?.prototype))
    throw refusal(controller, name, 'it is asynchronous');
  const verb = RequestMethod[Reflect.getMetadata(METHOD_METADATA, method) as RequestMethod];
  const { input, parameter } = inputOf(controller, controllerClass, name);
  if ((verb === 'GET') !== (input === 'query'))
    throw refusal(controller, name, 'GET, and no other method, takes its input from @Query()');
  return {
    name: `${controllerClass.name}.${name}`,
    method: verb,
    path: pathOf(controller, controllerClass, name),
    status: (Reflect.getMetadata(HTTP_CODE_METADATA, method) as number | undefined) ?? usualStatusOf(verb),
    input,
    parameter,
    config: configOf(controller, name),
    handle: (given) => method.call(controller, given),
  };
}

/** Nest's own. */
function usualStatusOf(verb: string): number {
  return verb === 'POST' ? 201 : 200;
}

function isHonoured(target: object, key: unknown): boolean {
  if (typeof key !== 'string') return false;
  return honoured.has(key) || documentation.test(key) || Reflect.getMetadata(key, target) === undefined;
}

function pathOf(controller: Record<string, Method>, controllerClass: ControllerClass, name: string): string {
  const parts = [controllerClass, controller[name]!].flatMap((target) => {
    const path: unknown = Reflect.getMetadata(PATH_METADATA, target);
    if (typeof path !== 'string' || isPattern.test(path))
      throw refusal(controller, name, 'it must have one path, without patterns');
    return path.split('/');
  });
  return `/${parts.filter((part) => part !== '').join('/')}`;
}

function configOf(controller: Record<string, Method>, name: string): FastifyContextConfig {
  const config = (Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, controller[name]!) ??
    {}) as FastifyContextConfig;
  const stranger = Object.keys(config).find((key) => !honouredConfig.has(key));
  if (stranger !== undefined)
    throw refusal(controller, name, `the lane does not honour ${stranger} of a route's configuration`);
  return config;
}

function inputOf(
  controller: object,
  controllerClass: ControllerClass,
  name: string,
): { input: LaneInput; parameter: ArgumentMetadata } {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controllerClass, name) ?? {}) as Record<
    string,
    Parameter
  >;
  const entries = Object.entries(parameters);
  const types = Reflect.getMetadata('design:paramtypes', controller, name) as Type[];
  const [key, parameter] = entries[0] ?? [];
  const kind = parameter && inputKinds.find(({ matches }) => matches(key!, parameter));
  const isPlain =
    parameter?.data === undefined && parameter?.schema === undefined && parameter?.pipes.length === 0;
  if (entries.length !== 1 || types.length !== 1 || kind === undefined || !isPlain)
    throw refusal(
      controller,
      name,
      'it must have one parameter, a whole @Body(), @Query() or @BodyOrQuery()',
    );
  return { input: kind.input, parameter: { type: kind.type, metatype: types[0]!, data: undefined } };
}

interface InputKind {
  readonly input: LaneInput;
  /** What pipes are told. */
  readonly type: ArgumentMetadata['type'];
  readonly matches: (key: string, parameter: Parameter) => boolean;
}

const inputKinds: readonly InputKind[] = [
  { input: 'body', type: 'body', matches: (key) => key === `${RouteParamtypes.BODY}:0` },
  { input: 'query', type: 'query', matches: (key) => key === `${RouteParamtypes.QUERY}:0` },
  { input: 'bodyOrQuery', type: 'custom', matches: (_, { factory }) => factory === bodyOrQueryFactory },
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
    'exception filter': [
      ...config.getGlobalFilters().filter((filter) => !(filter instanceof ApiExceptionFilter)),
      ...config.getGlobalRequestFilters(),
    ],
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

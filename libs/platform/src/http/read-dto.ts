import {
  type ArgumentMetadata,
  type ExecutionContext,
  Injectable,
  type PipeTransform,
  createParamDecorator,
} from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { ApiError } from './api-error.js';
import { DtoChecker, type DtoClass } from './dto-checker.js';
import { InvalidUint64List } from './invalid-uint64-list.js';
import { Uint64List } from './uint64-list.js';

/** Group of class-transformer rules for fields that came as query parameters, where all is text. */
export const fromQuery = 'query';

/** Marks fields that came as query parameters. */
class QueryFields {
  constructor(readonly fields: unknown) {}
}

/**
 * The call's input from its body or, where the body is empty, from its query: some proxies drop a DELETE's body,
 * or put an empty object in its place.
 */
export const BodyOrQuery = createParamDecorator(bodyOrQuery);

/** How {@link BodyOrQuery} is known among a method's parameters. */
export const bodyOrQueryFactory = bodyOrQuery;

function bodyOrQuery(_: unknown, context: ExecutionContext): unknown {
  return bodyOrQueryOf(context.switchToHttp().getRequest<FastifyRequest>());
}

/** @returns what {@link DtoPipe} reads */
export function bodyOrQueryOf({ body, query }: { readonly body: unknown; readonly query: unknown }): unknown {
  return isEmpty(body) ? new QueryFields(query) : body;
}

function isEmpty(body: unknown): boolean {
  if (body === undefined) return true;
  if (typeof body !== 'object' || body === null || Array.isArray(body) || body instanceof Error) return false;
  return Object.keys(body).length === 0;
}

/** Turns a call's input into the DTO class of the handler's parameter, or refuses it. */
@Injectable()
export class DtoPipe implements PipeTransform {
  readonly #rules = new Map<DtoClass, DtoRules>();

  /** @throws ApiError `invalidArgument` that names each bad field and what it must be; `invalidJson` for no body */
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    const dtoClass = metatype as DtoClass | undefined;
    if (dtoClass === undefined) return value;
    const { fields, checker } = this.#rulesOf(dtoClass);
    if (fields.length === 0) return value;
    if (value instanceof ApiError) throw value;
    if (value instanceof QueryFields) return this.#read(dtoClass, value.fields, [fromQuery]);
    if (type === 'query') return this.#read(dtoClass, value, [fromQuery]);
    return checker?.accept(value) ?? this.#read(dtoClass, value, []);
  }

  #read(dtoClass: DtoClass, input: unknown, groups: string[]): object {
    const { flat, lists } = this.#knownFields(dtoClass, asObject(input));
    const dto = Object.assign(plainToInstance(dtoClass, flat, { groups }), lists);
    const errors = validateSync(dto, { stopAtFirstError: true });
    if (errors.length === 0) return dto;
    const messages = errors.flatMap(({ constraints }) => Object.values(constraints ?? {}));
    throw new ApiError('invalidArgument', messages.join('; '));
  }

  /**
   * A flat copy of the fields that the DTO states rules for, so that nothing else of the input reaches any
   * library. `null` stands for "not given". A nested value fails every rule of a flat field, however deep it
   * is; it is not walked. Lists of integers stand apart: class-transformer would build them anew, number by number.
   */
  #knownFields(dtoClass: DtoClass, input: object): KnownFields {
    const flat: Record<string, unknown> = {};
    let lists: Record<string, unknown> | undefined;
    for (const field of this.#rulesOf(dtoClass).fields) {
      if (!Object.hasOwn(input, field)) continue;
      const value = (input as Record<string, unknown>)[field];
      if (value === null) continue;
      if (isUint64List(value)) (lists ??= {})[field] = value;
      else flat[field] = typeof value === 'object' ? nested : value;
    }
    return { flat, lists };
  }

  #rulesOf(dtoClass: DtoClass): DtoRules {
    let rules = this.#rules.get(dtoClass);
    if (rules === undefined) {
      const metadata = getMetadataStorage().getTargetValidationMetadatas(dtoClass, '', false, false);
      const fields = [...new Set(metadata.map(({ propertyName }) => propertyName))];
      rules = { fields, checker: fields.length === 0 ? undefined : DtoChecker.of(dtoClass) };
      this.#rules.set(dtoClass, rules);
    }
    return rules;
  }
}

/** What a DTO class states. */
interface DtoRules {
  /** With a rule of any kind. */
  readonly fields: readonly string[];
  /** Undefined where all input of the class goes to class-validator. */
  readonly checker: DtoChecker | undefined;
}

interface KnownFields {
  readonly flat: object;
  readonly lists: object | undefined;
}

/** Whether the body's parser made it, of a list of a client's that it was told to expect. */
function isUint64List(value: unknown): boolean {
  return value instanceof Uint64List || value instanceof InvalidUint64List;
}

/** Stands for a list or an object where text or a number belongs. */
const nested = Symbol('a list or an object');

function asObject(input: unknown): object {
  if (input === undefined) {
    throw new ApiError('invalidJson', 'invalid JSON: the body is empty; send a JSON object');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ApiError('invalidArgument', 'the body must be a JSON object');
  }
  return input;
}

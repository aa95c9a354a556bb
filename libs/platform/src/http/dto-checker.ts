import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { TransformationType } from 'class-transformer';
import { type ValidatorConstraintInterface, getMetadataStorage } from 'class-validator';
import { Uint64List } from './uint64-list.js';

export type DtoClass = new () => object;
type ValidationMetadata = ReturnType<
  ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']
>[number];

/** One rule of a field. */
interface Rule {
  readonly constraints: unknown[];
  readonly validator: ValidatorConstraintInterface;
}

/** The rules of a field, as its decorators state them. */
interface FieldRules {
  readonly field: string;
  /** Whether the field is to be checked at all; all must say so. */
  readonly conditions: readonly ((dto: object, value: unknown) => boolean)[];
  readonly rules: readonly Rule[];
}

/** Kinds of class-validator's metadata, which it does not export. */
const conditional = 'conditionalValidation';
const custom = 'customValidation';

/**
 * Takes well-formed input by the rules of a DTO class, which it reads once from class-validator's own metadata: the same
 * functions judge, without the book-keeping around them. It only ever accepts. What it does not accept goes to
 * class-validator for the verdict and the words.
 */
export class DtoChecker {
  readonly #targetName: string;

  private constructor(
    private readonly dtoClass: DtoClass,
    private readonly fields: readonly FieldRules[],
  ) {
    this.#targetName = dtoClass.name;
  }

  /** @returns undefined where the class has a rule that can't be honoured here: nested, in groups, transformed, … */
  static of(dtoClass: DtoClass): DtoChecker | undefined {
    const metadata = getMetadataStorage().getTargetValidationMetadatas(dtoClass, '', false, false);
    const fields = [...new Set(metadata.map(({ propertyName }) => propertyName))];
    if (!metadata.every(isPlain) || fields.some((field) => isTransformed(dtoClass, field))) return undefined;
    const rules = fields.map((field) => rulesOf(field, metadata));
    return new DtoChecker(dtoClass, rules);
  }

  /** @returns the DTO; undefined where another must judge */
  accept(input: unknown): object | undefined {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
    const given = input as Readonly<Record<string, unknown>>;
    const dto = new this.dtoClass() as Record<string, unknown>;
    for (const { field } of this.fields) {
      if (!Object.hasOwn(given, field)) continue;
      const value = given[field];
      // `null` stands for "not given".
      if (value === null || value === undefined) continue;
      if (typeof value === 'object' && !(value instanceof Uint64List)) return undefined;
      dto[field] = value;
    }
    for (const rules of this.fields) if (!this.#isObeyed(rules, dto)) return undefined;
    return dto;
  }

  #isObeyed({ field, conditions, rules }: FieldRules, dto: Record<string, unknown>): boolean {
    const value = dto[field];
    for (const isAsked of conditions) if (!isAsked(dto, value)) return true;
    for (const { validator, constraints } of rules) {
      const given = { targetName: this.#targetName, property: field, object: dto, value, constraints };
      if (validator.validate(value, given) !== true) return false;
    }
    return true;
  }
}

function isPlain({ type, groups, each, validateIf }: ValidationMetadata): boolean {
  const isKnown = type === conditional || type === custom;
  return isKnown && !groups?.length && !each && validateIf === undefined;
}

/** Rules of class-transformer in groups do not concern input without one. */
function isTransformed(dtoClass: DtoClass, field: string): boolean {
  const kind = TransformationType.PLAIN_TO_CLASS;
  const transforms = defaultMetadataStorage.findTransformMetadatas(dtoClass, field, kind);
  return (
    transforms.some(({ options }) => !options?.groups?.length) ||
    defaultMetadataStorage.findTypeMetadata(dtoClass, field) !== undefined ||
    defaultMetadataStorage.findExcludeMetadata(dtoClass, field) !== undefined ||
    defaultMetadataStorage.findExposeMetadata(dtoClass, field) !== undefined ||
    defaultMetadataStorage.getStrategy(dtoClass) !== 'none'
  );
}

function rulesOf(field: string, metadata: readonly ValidationMetadata[]): FieldRules {
  const ofField = metadata.filter(({ propertyName }) => propertyName === field);
  return {
    field,
    conditions: ofField
      .filter(({ type }) => type === conditional)
      .map(({ constraints }) => constraints[0] as (dto: object, value: unknown) => boolean),
    rules: ofField
      .filter(({ type }) => type === custom)
      .flatMap(({ constraintCls, constraints }) =>
        getMetadataStorage()
          .getTargetValidatorConstraints(constraintCls)
          .map(({ instance }) => ({ validator: instance, constraints })),
      ),
  };
}

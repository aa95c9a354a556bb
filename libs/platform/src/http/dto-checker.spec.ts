import { Exclude, Expose, Transform, plainToInstance } from 'class-transformer';
import {
  IsIP,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
  getMetadataStorage,
  validateSync,
} from 'class-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClusterName, EngineIp } from './common-fields.js';
import { DtoChecker, type DtoClass } from './dto-checker.js';
import { fieldRule } from './field-rule.js';
import { fromQuery } from './read-dto.js';
import { IsUint64List } from './uint64-list-rule.js';
import { Uint64List } from './uint64-list.js';

class SampleDto {
  @ClusterName()
  cluster!: string;

  @EngineIp()
  @ValidateIf((_, value: unknown) => value !== '')
  ip!: string;

  @IsOptional()
  @Transform(({ value }: { value: unknown }) => Number(value), { groups: [fromQuery] })
  @IsInt(fieldRule('an integer'))
  @Min(1)
  @Max(1_000)
  topk: number = 10;

  @ValidateIf(({ topk }: SampleDto) => topk > 5)
  @IsString()
  @Length(2, 4)
  word?: string;

  @IsOptional()
  @IsUint64List()
  hashes?: Uint64List;
}

const value = fc.oneof(
  fc.constantFrom(null, undefined, '', 'a', 'abc', 'abcde', '10.0.0.1', '::1', 'line\n', 'é', true),
  fc.constantFrom(0, 1, 5, 6, 10, 1_000, 1_001, -1, 1.5, NaN, 10n),
  fc.constantFrom(new Uint64List(new Uint32Array(1), new Uint32Array(1)), {}, []),
);
/** Mostly right: what is wrong in many ways at once tells little. */
const mostly = (...good: unknown[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: value });
const input = fc.record(
  {
    cluster: mostly('llama', 'é'),
    ip: mostly('10.0.0.1', ''),
    topk: mostly(1, 5, 6, 1_000, null),
    word: mostly('ab', 'abcd', undefined),
    hashes: mostly(new Uint64List(new Uint32Array(1), new Uint32Array(1)), null),
    __proto__: value,
    other: value,
  },
  { requiredKeys: ['cluster', 'ip'] },
);

const realInput = fc.record(
  {
    cluster: mostly('llama', 'é'),
    request_id: mostly('r', 'x'.repeat(256)),
    ip: mostly('10.0.0.1', ''),
    prompt_length: mostly(0, 512, 2 ** 31 - 1, 2 ** 31, -0),
    timestamp: mostly(0, -1, 1.7e18, 2 ** 63, -(2 ** 63), 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n)),
    topk: mostly(1, 1_000, 1_001),
    prompt_hash: mostly(new Uint64List(new Uint32Array(1), new Uint32Array(1)), null),
  },
  { requiredKeys: ['cluster', 'request_id', 'ip'] },
);

/** Classes that have rules, by their names. */
function classesNamed(name: RegExp): DtoClass[] {
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    readonly validationMetadatas: ReadonlyMap<DtoClass, unknown>;
  };
  return [...validationMetadatas.keys()].filter((dtoClass) => name.test(dtoClass.name));
}

/** @returns how many inputs the checker accepted */
function countAccepted(dtoClass: DtoClass, inputs: fc.Arbitrary<object>): number {
  const checker = DtoChecker.of(dtoClass)!;
  let accepted = 0;
  fc.assert(
    fc.property(inputs, (given) => {
      const dto = checker.accept(given);
      if (dto === undefined) return;
      accepted++;
      const known = Object.entries(given).filter(
        ([key, each]) => key in dto && each !== null && each !== undefined,
      );
      const lists = known.filter(([, each]) => each instanceof Uint64List);
      const flat = known.filter(([, each]) => !(each instanceof Uint64List));
      const expected = plainToInstance(dtoClass, Object.fromEntries(flat));
      Object.assign(expected, Object.fromEntries(lists));
      expect(validateSync(expected)).toEqual([]);
      expect(dto).toEqual(expected);
    }),
    { numRuns: 10_000 },
  );
  return accepted;
}

describe('DtoChecker', () => {
  it('accepts only what class-validator accepts, and gives the same', () => {
    expect(countAccepted(SampleDto, input)).toBeGreaterThan(2_000);
  });

  it('does so for the calls that have the fast lane', async () => {
    // The contexts show their DTO classes to nobody, but class-validator knows them from now on.
    await Promise.all([import('#load'), import('#prefix-cache')]);
    const classes = classesNamed(/^(RecordRequest|RequestReference|SavePrefixes|QueryPrefixes)Dto$/);
    expect(classes).toHaveLength(4);
    for (const dtoClass of classes)
      expect(countAccepted(dtoClass, realInput), dtoClass.name).toBeGreaterThan(1_000);
  });

  it('accepts what is well-formed', () => {
    const checker = DtoChecker.of(SampleDto)!;
    const given = { cluster: 'llama', ip: '10.0.0.1', topk: 3, other: { deep: [1] } };
    expect(checker.accept(given)).toEqual(
      Object.assign(new SampleDto(), { cluster: 'llama', ip: '10.0.0.1', topk: 3 }),
    );
    expect(checker.accept({ cluster: 'llama', ip: '', topk: null, word: 'abc' })).toEqual(
      Object.assign(new SampleDto(), { cluster: 'llama', ip: '', word: 'abc' }),
    );
  });

  it.each([undefined, null, 'text', 5, [], [{ cluster: 'c' }], new Error('bad JSON')])(
    'does not accept %s',
    (given) => {
      expect(DtoChecker.of(SampleDto)!.accept(given)).toBeUndefined();
    },
  );

  it('leaves classes alone that have a rule of a kind that it does not know', () => {
    class Nested {
      @ValidateNested()
      child!: object;
    }
    class Grouped {
      @IsInt({ groups: ['some'] })
      count!: number;
    }
    class Each {
      @IsIn(['a'], { each: true })
      letters!: string;
    }
    class Transformed {
      @Transform(({ value: each }: { value: unknown }) => each)
      @IsNumber()
      count!: number;
    }
    class Conditional {
      @IsIP(4, { validateIf: () => false })
      ip!: string;
    }
    class Excluded {
      @IsInt()
      @Exclude()
      count!: number;
    }
    class Exposed {
      @IsInt()
      @Expose({ name: 'n' })
      count!: number;
    }
    for (const dtoClass of [Nested, Grouped, Each, Transformed, Conditional, Excluded, Exposed])
      expect(DtoChecker.of(dtoClass), dtoClass.name).toBeUndefined();
  });
});

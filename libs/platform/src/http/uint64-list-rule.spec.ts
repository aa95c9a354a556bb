import type { AddressInfo } from 'node:net';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';
import { IsOptional, IsString } from 'class-validator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  HttpMetrics,
  IsUint64List,
  MetricSources,
  PlatformModule,
  ProcessRegistry,
  Readiness,
  Uint64List,
  Upgrades,
  createHttpApp,
  createLogger,
  fieldRule,
} from '#platform';

class HashesDto {
  @IsString(fieldRule('text'))
  cluster!: string;

  @IsOptional()
  @IsUint64List()
  prompt_hash?: Uint64List;
}

class NeededHashesDto {
  @IsUint64List()
  prompt_hash!: Uint64List;
}

let heard: HashesDto | undefined;

@Controller()
class HashesController {
  @Post('hashes')
  @HttpCode(200)
  @RouteConfig({ uint64Lists: ['prompt_hash'] })
  take(@Body() hashes: HashesDto): void {
    heard = hashes;
  }

  @Post('needed-hashes')
  @HttpCode(200)
  @RouteConfig({ uint64Lists: ['prompt_hash'] })
  need(@Body() _hashes: NeededHashesDto): void {}

  @Post('unnamed-hashes')
  @HttpCode(200)
  takeUnnamed(@Body() _hashes: HashesDto): void {}
}

describe('IsUint64List', () => {
  let app: NestFastifyApplication;
  let url: string;
  beforeAll(async () => {
    const log = createLogger('ERROR', 'json', { write: () => {} });
    const readiness = new Readiness();
    const upgrades = new Upgrades();
    const metricSources = new MetricSources(new ProcessRegistry());
    @Module({
      imports: [PlatformModule.forApi({ log, readiness, metricSources, upgrades })],
      controllers: [HashesController],
    })
    class TestModule {}
    const metrics = new HttpMetrics();
    const parts = { readiness, metrics, log, accessLog: 'off', upgrades, silenceTimeoutMs: 5_000 } as const;
    app = await createHttpApp({ module: TestModule }, parts);
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterAll(() => app.close());
  beforeEach(() => (heard = undefined));

  const send = async (body: string, path = '/hashes'): Promise<[number, string | undefined]> => {
    const answer = await fetch(url + path, { method: 'POST', body });
    const { error } = (await answer.json()) as { error: { message: string } | null };
    return [answer.status, error?.message];
  };

  it('lets a list through, exact to the last digit', async () => {
    expect(
      await send('{"cluster":"c","prompt_hash":[9007199254740993,18446744073709551615],"a":[1]}'),
    ).toEqual([200, undefined]);
    const list = new Uint64List(Uint32Array.of(2 ** 21, 2 ** 32 - 1), Uint32Array.of(1, 2 ** 32 - 1));
    expect(heard).toBeInstanceOf(HashesDto);
    expect(heard?.prompt_hash).toBeInstanceOf(Uint64List);
    expect({ ...heard }).toEqual({ cluster: 'c', prompt_hash: list });
  });

  it.each(['{"cluster":"c"}', '{"cluster":"c","prompt_hash":null}'])(
    'leaves it to the DTO whether there must be one: %s',
    async (body) => {
      expect(await send(body)).toEqual([200, undefined]);
      expect(heard?.prompt_hash).toBeUndefined();
    },
  );

  const rule = 'a list of integers from 0 to 18446744073709551615';
  it('says that a list is missing where there must be one', async () => {
    const missing = [400, `prompt_hash is missing; it must be ${rule}`];
    expect(await send('{"prompt_hash":null}', '/needed-hashes')).toEqual(missing);
  });

  it.each([
    ['"x"', `prompt_hash must be ${rule}, but was "x"`],
    ['7', `prompt_hash must be ${rule}, but was 7`],
    ['{}', `prompt_hash must be ${rule}, but was a list or an object`],
    [
      `[${'1,'.repeat(17)}-1,2.5]`,
      'prompt_hash[17] must be an integer from 0 to 18446744073709551615, but was -1',
    ],
    [
      '["$value"]',
      String.raw`prompt_hash[0] must be an integer from 0 to 18446744073709551615, but was "\u0024value"`,
    ],
  ])('refuses %s', async (list, message) => {
    expect(await send(`{"cluster":"c","prompt_hash":${list}}`)).toEqual([400, message]);
    expect(heard).toBeUndefined();
  });

  it('takes no list on a route that does not name the field', async () => {
    expect(await send('{"cluster":"c","prompt_hash":[1]}', '/unnamed-hashes')).toEqual([
      400,
      `prompt_hash must be ${rule}, but was a list or an object`,
    ]);
  });
});

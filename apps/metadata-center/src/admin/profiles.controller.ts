import { Controller, Get, type OnModuleDestroy, Query, Req, StreamableFile } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Profiler } from './profiler.js';

const longestProfileSeconds = 60;
const seconds = { message: `seconds must be an integer from 1 to ${longestProfileSeconds}` };

/** Query of `GET /debug/pprof/profile`. */
class CpuProfileDto {
  @Transform(({ value }: { value: unknown }) => (/^\d{1,3}$/.test(String(value)) ? Number(value) : value))
  @IsInt(seconds)
  @Min(1, seconds)
  @Max(longestProfileSeconds, seconds)
  seconds: number = 30;
}

/** Profiles of the running process, for `go tool pprof` and speedscope; the paths are Go's. */
@Controller('debug/pprof')
export class ProfilesController implements OnModuleDestroy {
  readonly #profiler = new Profiler();
  readonly #shutdown = new AbortController();

  /** Who waits for a profile when the replica goes gets what there is of it. */
  onModuleDestroy(): void {
    this.#shutdown.abort();
  }

  @Get('profile')
  async cpu(@Query() { seconds }: CpuProfileDto, @Req() { raw }: FastifyRequest): Promise<StreamableFile> {
    const hangUp = new AbortController();
    raw.socket.once('close', () => hangUp.abort());
    const signal = AbortSignal.any([hangUp.signal, this.#shutdown.signal]);
    return download(await this.#profiler.cpu(seconds * 1000, signal), 'cpu.pb.gz');
  }

  @Get('heap')
  async heap(): Promise<StreamableFile> {
    return download(await this.#profiler.heap(), 'heap.pb.gz');
  }
}

function download(profile: Uint8Array, name: string): StreamableFile {
  return new StreamableFile(profile, {
    type: 'application/octet-stream',
    disposition: `attachment; filename="${name}"`,
    length: profile.length,
  });
}

import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
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
export class ProfilesController {
  readonly #profiler = new Profiler();

  @Get('profile')
  async cpu(@Query() { seconds }: CpuProfileDto): Promise<StreamableFile> {
    return download(await this.#profiler.cpu(seconds * 1000), 'cpu.pb.gz');
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

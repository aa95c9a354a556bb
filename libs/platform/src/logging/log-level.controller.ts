import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn } from 'class-validator';
import type { Logger } from 'pino';
import { ApiFailure, ApiSuccess } from '../http/api-documents.js';
import { fieldRule } from '../http/field-rule.js';
import { type LogLevel, logLevels } from './create-logger.js';
import { ROOT_LOGGER } from './logging.module.js';

const allowed = `one of ${logLevels.join(', ')}`;
const updated = 'log level updated successfully';

/** Body of `POST /log/level`. */
export class LogLevelDto {
  /** In upper or lower case. */
  @ApiProperty({ enum: logLevels, example: 'DEBUG' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toUpperCase() : value))
  @IsIn(logLevels, fieldRule(allowed))
  LevelParam!: LogLevel;
}

/** `POST /log/level` takes effect at once, for the service's own lines and for the access log. */
@ApiTags('operation')
@Controller('log')
export class LogLevelController {
  constructor(@Inject(ROOT_LOGGER) private readonly log: Logger) {}

  @Post('level')
  @HttpCode(200)
  @ApiOperation({ summary: 'Set the log level at run time' })
  @ApiSuccess({ schema: { type: 'string' }, example: updated })
  @ApiFailure([['invalidArgument', `LevelParam must be ${allowed}, but was "LOUD"`]])
  setLevel(@Body() body: LogLevelDto): string {
    this.log.level = body.LevelParam.toLowerCase();
    return updated;
  }
}

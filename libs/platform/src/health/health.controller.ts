import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { notReady } from '../http/call-hooks.js';
import { ApiFailure, ApiSuccess } from '../http/api-documents.js';
import { Readiness } from './readiness.js';

/** Probes for an orchestrator. */
@ApiTags('operation')
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Liveness: the process answers. */
  @Get('healthz')
  @ApiOperation({ summary: 'Liveness: 200 as long as the process answers' })
  @ApiSuccess({ schema: { type: 'string' }, example: 'healthy' })
  healthz(): string {
    return 'healthy';
  }

  /** Readiness: 503 while starting and while shutting down. */
  @Get('readyz')
  @ApiOperation({
    summary: 'Readiness: 200 when the replica may get traffic, 503 while it starts or shuts down',
  })
  @ApiSuccess({ schema: { type: 'string' }, example: 'ready' })
  @ApiFailure([['notReady', 'this replica is draining; ask another one']])
  readyz(): string {
    if (this.readiness.state !== 'ready') throw notReady(this.readiness);
    return 'ready';
  }
}

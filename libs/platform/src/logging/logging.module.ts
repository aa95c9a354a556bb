import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { FrameworkLogger } from './framework-logger.js';

/** Injects the process's pino logger. */
export const ROOT_LOGGER = Symbol('ROOT_LOGGER');

/**
 * The logger, for injection and for Nest's own lines (nestjs-pino). Requests are logged by the access log, not
 * by nestjs-pino's middleware: it would see only what passes the framework's router, and cost on every call.
 */
@Module({})
export class LoggingModule {
  static forRoot(log: Logger): DynamicModule {
    return {
      module: LoggingModule,
      global: true,
      imports: [LoggerModule.forRoot({ pinoHttp: { logger: log, autoLogging: false }, forRoutes: [] })],
      providers: [{ provide: ROOT_LOGGER, useValue: log }, FrameworkLogger],
      exports: [ROOT_LOGGER],
    };
  }
}

import { Injectable } from '@nestjs/common';
import { Logger } from 'nestjs-pino';

/** Nest's own lines, by nestjs-pino: what it does step by step is for debugging, what goes wrong is for all. */
@Injectable()
export class FrameworkLogger extends Logger {
  override log(message: unknown, ...details: unknown[]): void {
    this.debug(message, ...(details as [unknown]));
  }
}

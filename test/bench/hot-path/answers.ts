import { once } from 'node:events';
import { connect } from 'node:net';
import type { MeasuredServer } from '../processes.ts';
import { AnswerReader } from './answer-reader.ts';
import { type Call, filler } from './calls.ts';
import type { Scenario } from './scenarios.ts';

/** How a server answers the calls of a scenario, in a form that has nothing of time and chance. */
export interface Answers {
  /** The service does not have these calls. */
  readonly areMissing: boolean;
  readonly shapes: readonly string[];
}

/**
 * Makes each call of a scenario once.
 *
 * @throws Error where a status is not what it must be
 */
export async function answersOf({ url }: MeasuredServer, scenario: Scenario): Promise<Answers> {
  const { calls, prepared, live } = scenario;
  const shapes: string[] = [];
  const before = [prepared?.call, live].filter((call) => call !== undefined);
  for (const call of [...before, ...calls]) {
    const { status, text } = await answerTo(url, call);
    if (status === 404 && scenario.isOptional) return { areMissing: true, shapes: [] };
    if (status !== call.status)
      throw new Error(
        `a call was answered with ${status} instead of ${call.status}:\n${call.text}\n\n${text}`,
      );
    if (call.status === 200) shapes.push(shapeOf(text));
  }
  return { areMissing: false, shapes };
}

/**
 * What two answers of the same kind have in common: all but trace id, date, figures, the order of headers and how
 * many alike a list has.
 */
export function shapeOf(answer: string): string {
  const [head = '', body = ''] = answer
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'uuid')
    .split('\r\n\r\n');
  const [, ...headers] = head
    .replace(/^date: .*$/im, 'date:')
    .toLowerCase()
    .split('\r\n');
  const shape = `${headers.sort().join('\n')}\n\n${body}`.replaceAll(/\d+/g, '0');
  return shape.replaceAll(/(\{[^{}]*\})(,\1)+/g, '$1');
}

async function answerTo(url: string, call: Call): Promise<{ status: number; text: string }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const reader = new AnswerReader();
  let text = '';
  await once(socket, 'connect');
  socket.write(filler(call.text)(0), 'latin1');
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1');
    const status = reader.read(chunk);
    if (status !== undefined) return { status, text };
  }
  throw new Error(`${url} closed a connection without an answer`);
}

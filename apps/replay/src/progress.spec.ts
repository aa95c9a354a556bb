import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../test-support/manual-clock.js';
import { openProgress } from './progress.js';

describe('openProgress', () => {
  it('writes a line per tenth or ten seconds where there is no terminal', async () => {
    const stream = new PassThrough();
    const clock = new ManualClock();
    const progress = openProgress(stream, 1000, clock);
    for (let finished = 1; finished <= 150; finished++) progress.show(finished);
    clock.advance(9_999);
    progress.show(151);
    clock.advance(1);
    progress.show(152);
    for (let finished = 990; finished <= 1000; finished++) progress.show(finished);
    progress.close();
    expect(await text(stream.end())).toBe(
      [100, 152, 990, 1000].map((n) => `replay: ${n} of 1000 requests (${Math.floor(n / 10)} %)\n`).join(''),
    );
  });

  it('draws a bar on a terminal, and leaves the cursor visible on a line of its own', async () => {
    // As much of a terminal as the bar asks for.
    const terminal = {
      isTTY: true,
      columns: 120,
      cursorTo: () => true,
      moveCursor: () => true,
      clearLine: () => true,
    };
    const stream = Object.assign(new PassThrough(), terminal);
    const progress = openProgress(stream, 200, new ManualClock());
    progress.show(50);
    progress.show(200);
    progress.close();
    const drawn = await text(stream.end());
    expect(drawn).toMatch(/100% \| 200\/200 requests/);
    expect(drawn).toContain('\u001B[?25h');
    expect(drawn.endsWith('\n')).toBe(true);
  });
});

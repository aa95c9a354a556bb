import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openDisplay, type DisplayStream } from './display.js';
import type { ReplicaView } from './replica-view.js';

const ready: ReplicaView = {
  state: 'ready',
  peers: 2,
  peersInSync: 2,
  lagEvents: 0,
  lagMs: 0,
  requests: 0,
};
const line = 'ready      2 of 2 peers in sync  lag 0 events, 0 ms  0 requests held';

function streamOf(terminal: object): DisplayStream & PassThrough {
  return Object.assign(new PassThrough({ encoding: 'utf8' }), terminal);
}

describe('the display', () => {
  it('draws a block of lines anew on a terminal, below what is told', () => {
    const stream = streamOf({ isTTY: true, columns: 30 });
    const display = openDisplay(stream, () => 0);
    const rows = ['a', 'b'].map((name) => ({ name, view: ready }));
    const drawn = `a  ${line.slice(0, 26)}\nb  ${line.slice(0, 26)}\n`;
    display.tell('hello');
    expect(stream.read()).toBe('hello\n');
    display.show(rows);
    expect(stream.read()).toBe(drawn);
    display.show(rows);
    expect(stream.read()).toBe(`\u001b[2A\u001b[0J${drawn}`);
    display.tell('news');
    expect(stream.read()).toBe(`\u001b[2A\u001b[0Jnews\n${drawn}`);
  });

  it('elsewhere writes a line when a state changes, and counts every 10 s', () => {
    let nowMs = 0;
    const stream = streamOf({});
    const display = openDisplay(stream, () => nowMs);
    const show = (view: Partial<ReplicaView>): unknown => {
      display.show([{ name: 'a', view: { ...ready, ...view } }]);
      return stream.read();
    };
    expect(show({})).toBe(`a  ${line}\n`);
    expect(show({})).toBeNull();
    expect(show({ requests: 5 })).toBeNull();
    expect(show({ peersInSync: 1 })).toContain('1 of 2 peers in sync');
    expect(show({ state: 'no answer' })).toBe('a  no answer\n');
    expect(show({ state: 'starting', peers: 0 })).toBe('a  starting\n');
    expect(show({})).toBe(`a  ${line}\n`);
    nowMs = 10_000;
    expect(show({})).toBeNull();
    expect(show({ requests: 5 })).toContain('5 requests held');
    display.tell('news');
    expect(stream.read()).toBe('news\n');
  });
});

import { SingleBar } from 'cli-progress';
import type { Clock } from './clock.js';

/** Shows how far a replay is. */
export interface Progress {
  /** So many requests are finished. May be called as often as one likes. */
  show(finishedRequests: number): void;
  /** Nothing more will be shown; the cursor is at the start of a line again. */
  close(): void;
}

/** Where progress goes. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** A line when this share of all requests is done, or when this much time has passed. */
const lineShare = 0.1;
const linePeriodMs = 10_000;

/** A bar on a terminal, and plain lines elsewhere. */
export function openProgress(stream: ProgressStream, total: number, clock: Clock): Progress {
  return stream.isTTY === true ? bar(stream, total) : lines(stream, total, clock);
}

function bar(stream: NodeJS.WritableStream, total: number): Progress {
  const format =
    'replay [{bar}] {percentage}% | {value}/{total} requests | {duration_formatted}, {eta_formatted} left';
  const bar = new SingleBar({ stream, format, hideCursor: true, etaBuffer: 200 });
  bar.start(total, 0);
  return { show: (finishedRequests) => bar.update(finishedRequests), close: () => bar.stop() };
}

function lines(stream: NodeJS.WritableStream, total: number, clock: Clock): Progress {
  let shown = 0;
  let shownMs = clock.nowMs();
  return {
    show(finishedRequests) {
      const due = finishedRequests >= total || finishedRequests - shown >= total * lineShare;
      if (!due && clock.nowMs() - shownMs < linePeriodMs) return;
      shown = finishedRequests;
      shownMs = clock.nowMs();
      const percent = Math.floor((100 * finishedRequests) / total);
      stream.write(`replay: ${finishedRequests} of ${total} requests (${percent} %)\n`);
    },
    close: () => undefined,
  };
}

import { isOtherState, lineOf, type ReplicaView } from './replica-view.js';

/** Where the status goes. */
export type DisplayStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** A replica's name and how it is. */
interface Row {
  readonly name: string;
  readonly view: ReplicaView;
}

/** Shows how all replicas are, and what happens meanwhile. */
export interface Display {
  /** How they are now, always in the same order; called once a second. */
  show(rows: readonly Row[]): void;
  /** A line that stays. */
  tell(line: string): void;
}

/** Counts that go up and down are worth a new line this often. */
const countsPeriodMs = 10_000;

/** A block of lines that is drawn anew on a terminal, and lines on change elsewhere. */
export function openDisplay(stream: DisplayStream, nowMs: () => number): Display {
  return stream.isTTY === true ? block(stream) : lines(stream, nowMs);
}

function block(stream: DisplayStream): Display {
  let shown: readonly string[] = [];
  const erase = (): string => (shown.length === 0 ? '' : `\u001b[${shown.length}A\u001b[0J`);
  const draw = (): string => shown.map((line) => `${line}\n`).join('');
  return {
    show(rows) {
      const before = erase();
      // A line that wrapped would count as two when it is drawn anew.
      const most = (stream.columns || 200) - 1;
      shown = rows.map(({ name, view }) => `${name}  ${lineOf(view)}`.slice(0, most));
      stream.write(before + draw());
    },
    tell(line) {
      stream.write(`${erase()}${line}\n${draw()}`);
    },
  };
}

function lines(stream: DisplayStream, nowMs: () => number): Display {
  const shown = new Map<string, { readonly view: ReplicaView; readonly atMs: number }>();
  return {
    show(rows) {
      for (const { name, view } of rows) {
        const last = shown.get(name);
        const hasCounts = last !== undefined && lineOf(last.view) !== lineOf(view);
        const isDue = hasCounts && nowMs() - last.atMs >= countsPeriodMs;
        if (last !== undefined && !isOtherState(last.view, view) && !isDue) continue;
        shown.set(name, { view, atMs: nowMs() });
        stream.write(`${name}  ${lineOf(view)}\n`);
      }
    },
    tell: (line) => void stream.write(`${line}\n`),
  };
}

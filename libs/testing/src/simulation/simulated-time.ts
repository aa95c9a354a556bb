interface Event {
  readonly dueMs: number;
  /** Breaks ties, so that events of one moment happen in the order in which they were planned. */
  readonly order: number;
  action: (() => void) | undefined;
}

/**
 * Virtual time: what is planned happens in its order, as fast as the machine can. Between two events all promises that
 * can go on have done so, so a run depends on nothing but what was planned; several runs may share a process.
 */
export class SimulatedTime {
  /** A binary heap, the next event first. */
  readonly #heap: Event[] = [];
  #nowMs = 0;
  #planned = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** @returns what cancels it; without effect afterwards */
  after(delayMs: number, action: () => void): () => void {
    const event: Event = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#planned++, action };
    this.#push(event);
    return () => (event.action = undefined);
  }

  /** Lets everything happen that is due until then. */
  async runUntil(endMs: number): Promise<void> {
    for (let next = this.#heap[0]; next !== undefined && next.dueMs <= endMs; next = this.#heap[0]) {
      this.#pop();
      if (next.action === undefined) continue;
      this.#nowMs = next.dueMs;
      next.action();
      await promisesToSettle();
    }
    this.#nowMs = endMs;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

/** An immediate comes when no promise can go on. */
function promisesToSettle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

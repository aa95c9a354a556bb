import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** In a process of its own: V8 tells of shapes and collects garbage only where it is asked to at the start. */
function resultOf(program: string): unknown {
  const flags = ['--allow-natives-syntax', '--expose-gc', '--input-type=module'];
  return JSON.parse(execFileSync(process.execPath, [...flags, '--eval', program], { encoding: 'utf8' }));
}

const source = JSON.stringify(new URL('./tick-shape.ts', import.meta.url));

describe('keepTickShape', () => {
  it('keeps a tick, and so the shape of all others, over collections of all garbage', () => {
    const program = `
      import { createHook } from 'node:async_hooks';
      import { setImmediate as nextTurn } from 'node:timers/promises';
      import { keepTickShape } from ${source};
      // Weakly: it is the module that is to keep it.
      const kept = new WeakRef(keepTickShape());
      const ticks = [];
      for (let round = 0; round < 3; round++) {
        await nextTurn();
        gc();
        const hook = createHook({ init: (id, type, trigger, tick) => type === 'TickObject' && ticks.push(tick) });
        hook.enable();
        process.nextTick(() => undefined);
        hook.disable();
      }
      console.log(JSON.stringify(ticks.map((tick) => %HaveSameMap(kept.deref(), tick))));`;
    expect(resultOf(program)).toEqual([true, true, true]);
  });
});

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** As it was built: the child knows nothing of how tests load sources. */
const built = new URL('../../../../dist/libs/platform/src/logging/create-logger.js', import.meta.url);

/** What a process writes that logs a few lines and then runs `end`. */
function outputOf(format: string, end: string): string {
  const program = `
    const { createLogger } = await import('${built.href}');
    const log = createLogger('INFO', '${format}');
    for (const words of ['the first words', 'more words', 'the last words']) log.info(words);
    ${end};`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  return stdout + stderr;
}

describe('createLogger', () => {
  describe.each([
    ['json', /\n\{"level":"INFO",.*"msg":"the last words"\}\n$/],
    ['text', /\n[-\dT:.Z]{24} INFO  the last words\n$/],
  ])('as %s', (format, line) => {
    it.each(['process.exit(1)', "process.kill(process.pid, 'SIGKILL')"])(
      'has written the last line when the process ends by %s',
      (end) => {
        expect(outputOf(format, end)).toMatch(line);
      },
    );
  });
});

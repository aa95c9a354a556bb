import { accessSync, constants } from 'node:fs';

/** A real trace, which is not part of the project; TRACE names another one. */
export const tracePath = process.env['TRACE'] ?? '../shared/traces/mooncake_conversation.jsonl';

const isMissing = !isReadable();

/** Without the trace its tests are skipped on a developer's machine, and fail where a change is judged. */
export const isSkipped = isMissing && process.env['CI'] !== 'true';

/** For titles. */
export const traceName = isSkipped
  ? `the trace ${tracePath}, which is not here (TRACE=FILE names another),`
  : 'a real trace';

function isReadable(): boolean {
  try {
    accessSync(tracePath, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

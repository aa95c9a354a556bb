/**
 * What the user gave can't be used: a flag, or a trace file. The message is one line that says what is
 * wrong, where, and what to do. Ends the command with exit code 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}

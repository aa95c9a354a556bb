/** The command can't do what was asked of it. The message is for people: what is wrong, and the remedy. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

import type { ValidationArguments } from 'class-validator';
import { quoted } from './printable.js';

/**
 * The words for a field that breaks a rule, for class-validator: the field, what it must be, and what it was.
 *
 * @param rule what comes after "must be"
 */
export function fieldRule(rule: string): { message: (broken: ValidationArguments) => string } {
  return {
    message: ({ property, value }) =>
      value === undefined
        ? `${property} is missing; it must be ${rule}`
        : `${property} must be ${rule}, but was ${withoutTokens(quoted(value))}`,
  };
}

/** class-validator would put the raw value in place of `$value` and its like, wherever they stand in a message. */
export function withoutTokens(text: string): string {
  return text.replaceAll(/\$(?=value|property|target|constraint)/g, '\\u0024');
}

import { ValidateBy, type ValidationArguments } from 'class-validator';
import { fieldRule, withoutTokens } from './field-rule.js';
import { InvalidUint64List } from './invalid-uint64-list.js';
import { Uint64List } from './uint64-list.js';

const range = 'from 0 to 18446744073709551615';
const { message: messageOfOther } = fieldRule(`a list of integers ${range}`);

/**
 * The rule of a field that is a {@link Uint64List}. The route names the field in `uint64Lists`, or no list comes as
 * one. What breaks the rule is named with its place: `prompt_hash[17]`.
 */
export function IsUint64List(): PropertyDecorator {
  const validate = (value: unknown): boolean => value instanceof Uint64List;
  return ValidateBy({ name: 'isUint64List', validator: { validate } }, { message });
}

function message(broken: ValidationArguments): string {
  const { property, value } = broken;
  if (!(value instanceof InvalidUint64List)) return messageOfOther(broken);
  return `${property}[${value.index}] must be an integer ${range}, but was ${withoutTokens(value.element)}`;
}

import { excerpt } from './excerpt.js';

/** A count, or undefined where `value` is none. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** An object's fields, or undefined where `value` is no object. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

/** Enough to know an answer by. */
export function shown(text: string | undefined): string {
  return excerpt(text ?? 'missing', 200);
}

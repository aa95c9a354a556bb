import { expect, it } from 'vitest';
import { excerpt } from './excerpt.js';

it('keeps a foreign text to one short line without control characters', () => {
  expect(excerpt('plain text', 10)).toBe('plain text');
  expect(excerpt('plain text!', 10)).toBe('plain text…');
  expect(excerpt('a\r\n\tb\u001B[31mc\u0085d', 50)).toBe('a b [31mc d');
});

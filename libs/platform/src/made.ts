import type { FactoryProvider } from '@nestjs/common';

/** Provides a class that knows no framework: `tokens` stand for its constructor's arguments, in their order. */
export function made<Part, Parts extends unknown[]>(
  provide: new (...parts: Parts) => Part,
  ...tokens: { readonly [K in keyof Parts]: abstract new (...parts: never[]) => Parts[K] }
): FactoryProvider<Part> {
  return { provide, useFactory: (...parts) => new provide(...(parts as Parts)), inject: [...tokens] };
}

import { fileURLToPath } from 'node:url';

/** The built service: what `npm start` runs. */
export const serviceProgram = fileURLToPath(
  new URL('../../../dist/apps/metadata-center/src/main.js', import.meta.url),
);

/** The flags of Node with which the project starts it, wherever it does. */
export const serviceFlags: readonly string[] = ['--v8-pool-size=1', '--enable-source-maps'];

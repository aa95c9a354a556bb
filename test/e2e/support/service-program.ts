/** The built service: what `npm start` runs. */
export const serviceProgram = new URL('../../../dist/apps/metadata-center/src/main.js', import.meta.url)
  .pathname;

/** The flags of Node that it is started with, as by `npm start` and in its image. */
export const serviceFlags: readonly string[] = ['--v8-pool-size=1', '--enable-source-maps'];

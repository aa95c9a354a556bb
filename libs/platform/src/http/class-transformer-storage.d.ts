/** The rules that class-transformer's decorators have left; it exports them to nobody, and has no other way to ask. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}

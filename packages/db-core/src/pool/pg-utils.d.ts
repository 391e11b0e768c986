// node-postgres publishes this file, and its types do not know it.
declare module 'pg/lib/utils.js' {
  const utils: {
    /** A parameter as it is sent: text, binary, or null. Throws for what cannot be. */
    prepareValue(value: unknown): string | Buffer | null;
  };
  // eslint-disable-next-line no-restricted-syntax -- it is CommonJS
  export default utils;
}

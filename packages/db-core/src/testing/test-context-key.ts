import type { ContextKey } from '../tenant/context-key.ts';

/** Signs tenant contexts in tests; the template database has it. Known to everybody: never install it elsewhere. */
export const TEST_CONTEXT_KEY: ContextKey = {
  keyId: 'test',
  secret: new Uint8Array(32).fill(7),
};

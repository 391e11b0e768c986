import { expect } from 'vitest';

/** Text that fits a pattern, for `toMatchObject`, which takes a bare regular expression for an object without keys. */
export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

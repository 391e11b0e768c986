import { isUtf8 } from 'node:buffer';

import type { Token } from './nul-splitter.ts';

/** The token as text; bytes that are not UTF-8 become U+FFFD, and `isLossy` tells. */
export function decodeToken({ bytes, isCut }: Token): { readonly text: string; readonly isLossy: boolean } {
  return { text: bytes.toString('utf8'), isLossy: isCut || !isUtf8(bytes) };
}

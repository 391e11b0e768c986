const LAST_CODE_POINT = 0x10_ff_ff;

/**
 * The least text that is behind every text that begins with a prefix, in the order of their bytes, which is that of their
 * code points; undefined if there is none.
 */
export function endOfPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === LAST_CODE_POINT) points.pop();
  const last = points.pop();
  return last === undefined ? undefined : String.fromCodePoint(...points, following(last));
}

/** The code points of surrogates are no characters. */
function following(codePoint: number): number {
  return codePoint === 0xd7_ff ? 0xe0_00 : codePoint + 1;
}

import type { Trailer } from '../git/commit.ts';

const keys = new Set(['constitutional-ref', 'constitutional-refs', 'caws-ref']);
/** A document, a colon, a section with an optional number: `CAWS:Section4.2`, `CAWS-2:Budget`, `CAWS:4.2`. */
const shape = /^[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*:[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/;
const maxRefs = 50;
const maxLength = 100;

/**
 * The rules that a commit says it follows, from its `Constitutional-Ref`, `Constitutional-Refs` and `CAWS-Ref` trailers:
 * separated by commas or spaces, each once, in order, at most 50. What does not have the shape of a reference is left out.
 *
 * @example
 * constitutionalRefsOf([{ key: 'CAWS-Ref', value: 'CAWS:Section4.2, CAWS:Section5' }]); // both
 */
export function constitutionalRefsOf(trailers: readonly Trailer[]): string[] {
  const refs = trailers
    .filter(({ key }) => keys.has(key.toLowerCase()))
    .flatMap(({ value }) => value.split(/[\s,]+/))
    .filter((ref) => ref.length <= maxLength && shape.test(ref));
  return [...new Set(refs)].slice(0, maxRefs);
}

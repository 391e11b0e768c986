/**
 * Near duplicates among names: trigrams, MinHash and banding, as Graphiti's tier without a language model has them.
 *
 * @see Broder, "On the resemblance and containment of documents", 1997.
 * @see Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", §3.3–3.4.
 */

const SHINGLE_LETTERS = 3;
const PERMUTATIONS = 32;
const BAND_ROWS = 4;
const MIN_LETTERS = 6;
const MIN_ENTROPY_BITS = 1.5;

/** Runs of three letters of a canonical name, without its spaces; a shorter one is its own. */
export function trigramsOf(canonicalName: string): Set<string> {
  const letters = lettersOf(canonicalName);
  if (letters.length < SHINGLE_LETTERS) return new Set([letters.join('')]);
  return new Set(
    Array.from({ length: letters.length - SHINGLE_LETTERS + 1 }, (_, at) =>
      letters.slice(at, at + SHINGLE_LETTERS).join(''),
    ),
  );
}

/** Whether a name says enough to be compared by its letters: `go`, `c++` and `aaaaaaa` do not. */
export function isDistinctive(canonicalName: string): boolean {
  const letters = lettersOf(canonicalName);
  if (letters.length < MIN_LETTERS && !canonicalName.includes(' ')) return false;
  return entropyOf(letters) >= MIN_ENTROPY_BITS;
}

/** Shannon entropy of letters, bits a letter. */
export function entropyOf(letters: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce(
    (bits, n) => bits - (n / letters.length) * Math.log2(n / letters.length),
    0,
  );
}

/** |A ∩ B| / |A ∪ B|, 0–1. */
export function jaccard(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let shared = 0;
  for (const element of one) if (other.has(element)) shared++;
  return shared / (one.size + other.size - shared);
}

/** For each of 32 permutations the least hash. Two sets agree in a place as often as their Jaccard coefficient says. */
export function minHashOf(shingles: ReadonlySet<string>): Uint32Array {
  const least = new Uint32Array(PERMUTATIONS).fill(0xffffffff);
  for (const shingle of shingles) {
    const hash = hashOf(shingle);
    for (let place = 0; place < PERMUTATIONS; place++) {
      const permuted = mixed(hash ^ Math.imul(place + 1, 0x9e3779b9));
      if (permuted < (least[place] ?? 0)) least[place] = permuted;
    }
  }
  return least;
}

/**
 * Eight bands of four places, each as one string: two sets with a Jaccard coefficient of j share one with a probability of
 * 1 − (1 − j⁴)⁸, which is 0.9998 at 0.9 and 0.40 at 0.5.
 */
export function bandsOf(signature: Uint32Array): string[] {
  return Array.from(
    { length: PERMUTATIONS / BAND_ROWS },
    (_, band) => `${band}:${signature.subarray(band * BAND_ROWS, (band + 1) * BAND_ROWS).join()}`,
  );
}

function lettersOf(canonicalName: string): string[] {
  return Array.from(canonicalName.replaceAll(' ', ''));
}

/** FNV-1a, over UTF-16. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/** The last step of MurmurHash3: every bit depends on every bit. */
function mixed(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

import type { FeatureCounts } from './feature-counts.ts';
import { bucketSeed, finishHash, signSeed, stepBucket, stepSign } from './feature-hash.ts';
import { STOP_WORDS } from './stop-words.ts';
import { WordScanner } from './word-scanner.ts';

// A word weighs 1. Its character n-grams weigh, squared and summed, as much as the word: each far less than the word,
// and those of a long word no more than those of a short one.
const COMPOUND_WEIGHT = 0.7;
const BIGRAM_WEIGHT = 0.5;
const STOP_WORD_FACTOR = 0.15;

const SHORTEST_NGRAM = 3;
const LONGEST_NGRAM = 5;
/** Stands before and after a word in its n-grams, so that beginnings and endings count; no word contains it. */
const WORD_EDGE = 0;

const WORD_BUCKET = bucketSeed(1);
const WORD_SIGN = signSeed(1);
const BIGRAM_BUCKET = bucketSeed(2);
const BIGRAM_SIGN = signSeed(2);
const NGRAM_BUCKET = bucketSeed(3);
const NGRAM_SIGN = signSeed(3);

/** Finds the features of a text: words, compounds, adjacent pairs of words, and character n-grams of the words. */
export class LexicalFeatures {
  readonly #scanner = new WordScanner();

  /** Adds the features of the text to `counts`; answers whether there is any. */
  collect(text: string, counts: FeatureCounts): boolean {
    const scanner = this.#scanner;
    scanner.scan(text);
    let [previousBucket, previousSign, previousFactor] = [0, 0, 0];
    for (let word = 0; word < scanner.wordCount; word += 1) {
      const from = scanner.starts[word] ?? 0;
      const to = scanner.starts[word + 1] ?? 0;
      const bucketHash = hashWordBucket(scanner.units, from, to);
      const signHash = hashWordSign(scanner.units, from, to);
      const isStopWord = stopWordHashes.has(bucketHash);
      const factor = isStopWord ? STOP_WORD_FACTOR : 1;
      counts.add(bucketHash, signHash, factor);
      if (!isStopWord) addNgrams(scanner.units.subarray(from, to), counts);
      if (word > 0) {
        counts.add(
          finishHash(stepBucket(stepBucket(BIGRAM_BUCKET, previousBucket), bucketHash)),
          finishHash(stepSign(stepSign(BIGRAM_SIGN, previousSign), signHash)),
          BIGRAM_WEIGHT * Math.min(factor, previousFactor),
        );
      }
      [previousBucket, previousSign, previousFactor] = [bucketHash, signHash, factor];
    }
    this.#addCompounds(counts);
    return scanner.wordCount > 0;
  }

  /** A compound is the same feature as the word of that spelling: `GitHub` meets `github`. */
  #addCompounds(counts: FeatureCounts): void {
    const { compounds, starts, units } = this.#scanner;
    for (let index = 0; index < compounds.length; index += 2) {
      const from = starts[compounds[index] ?? 0] ?? 0;
      const to = starts[(compounds[index + 1] ?? 0) + 1] ?? 0;
      counts.add(hashWordBucket(units, from, to), hashWordSign(units, from, to), COMPOUND_WEIGHT);
    }
  }
}

function hashWordBucket(units: Uint16Array, from: number, to: number): number {
  let state = WORD_BUCKET;
  for (let index = from; index < to; index += 1) state = stepBucket(state, units[index] ?? 0);
  return finishHash(state);
}

function hashWordSign(units: Uint16Array, from: number, to: number): number {
  let state = WORD_SIGN;
  for (let index = from; index < to; index += 1) state = stepSign(state, units[index] ?? 0);
  return finishHash(state);
}

/** Adds the n-grams of one word between its edges. A word of one letter has none: the n-gram would say the same. */
function addNgrams(word: Uint16Array, counts: FeatureCounts): void {
  if (word.length < 2) return;
  const weight = 1 / Math.sqrt(countNgrams(word.length + 2));
  for (let start = -1; start + SHORTEST_NGRAM <= word.length + 1; start += 1) {
    const end = Math.min(start + LONGEST_NGRAM, word.length + 1);
    let bucketState = NGRAM_BUCKET;
    let signState = NGRAM_SIGN;
    for (let index = start; index < end; index += 1) {
      const unit = index < 0 || index >= word.length ? WORD_EDGE : (word[index] ?? WORD_EDGE);
      bucketState = stepBucket(bucketState, unit);
      signState = stepSign(signState, unit);
      if (index - start + 1 >= SHORTEST_NGRAM) {
        counts.add(finishHash(bucketState), finishHash(signState), weight);
      }
    }
  }
}

function countNgrams(length: number): number {
  let count = 0;
  for (let size = SHORTEST_NGRAM; size <= LONGEST_NGRAM; size += 1) count += Math.max(0, length - size + 1);
  return count;
}

const stopWordHashes: ReadonlySet<number> = new Set(
  STOP_WORDS.map((word) => {
    const units = Uint16Array.from(word, (character) => character.charCodeAt(0));
    return hashWordBucket(units, 0, units.length);
  }),
);

/** What a UTF-16 code unit is to the word scanner. */
export const UnitClass = {
  separator: 1,
  /** Lower-case and uncased letters, marks, and halves of surrogate pairs (so that an emoji is a word). */
  lower: 2,
  upper: 3,
  digit: 4,
  /** Han and kana are written without spaces: each unit is a word, and adjacent ones form the bigrams. */
  ideograph: 5,
  /** `_` and `-` hold the parts of an identifier together. */
  joiner: 6,
  /** `+` and `#` at the end of a short name: C++, C#, F#. */
  suffix: 7,
} as const;

// Filled as units are met: 65,536 regular expressions at start would cost more than most processes ever need.
const classes = new Uint8Array(65_536);
const folds = new Uint16Array(65_536);

/** Class of a code unit, one of {@link UnitClass}. */
export function classOfUnit(unit: number): number {
  const known = classes[unit] ?? 0;
  return known === 0 ? learn(unit) : known;
}

/** Lower-case form of a code unit that has been classified, always one unit. */
export function foldUnit(unit: number): number {
  return folds[unit] ?? 0;
}

function learn(unit: number): number {
  const character = String.fromCharCode(unit);
  // Final sigma is folded to sigma, and dotted capital I (two units in lower case) to i.
  const lower = character.toLowerCase().replace('ς', 'σ');
  folds[unit] = lower.charCodeAt(0);
  const unitClass = classify(character);
  classes[unit] = unitClass;
  return unitClass;
}

function classify(character: string): number {
  if (character === '_' || character === '-') return UnitClass.joiner;
  if (character === '+' || character === '#') return UnitClass.suffix;
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character)) return UnitClass.ideograph;
  if (/\p{Lu}/u.test(character)) return UnitClass.upper;
  if (/[\p{L}\p{M}\p{Cs}]/u.test(character)) return UnitClass.lower;
  if (/\p{N}/u.test(character)) return UnitClass.digit;
  return UnitClass.separator;
}

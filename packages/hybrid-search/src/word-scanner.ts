import { UnitClass, classOfUnit, foldUnit } from './code-units.ts';

const KEPT_UNITS = 4096;
const LETTER_S = 0x73;
/** Up to this length a name takes a closing `+` or `#` with it: C++, C#, VC++. */
const LONGEST_SUFFIXED_NAME = 2;

/**
 * Cuts a text into lower-case words, and names of source code into their parts.
 *
 * `parseHTTPHeader`, `parse_http_header` and `parse-http-header` all give `parse`, `http`, `header` and the compound
 * `parsehttpheader`; letters and the digits after them stay together (`sha256`); a plural of capitals is one word
 * (`IDs`). Paths fall apart at their slashes and dots.
 *
 * The buffers are reused: what a scan left is valid until the next one.
 */
export class WordScanner {
  /** Folded code units of all words, end to end; a compound is the stretch over its parts. */
  units = new Uint16Array(KEPT_UNITS);
  /** Word `i` is `units[starts[i]]` up to `units[starts[i + 1]]`. */
  starts = new Int32Array(KEPT_UNITS + 1);
  wordCount = 0;
  /** First and last word (inclusive) of each compound, in turns. */
  readonly compounds: number[] = [];
  #unitCount = 0;

  scan(text: string): void {
    const normal = text.normalize('NFKC');
    this.#reset(normal.length);
    let index = 0;
    while (index < normal.length) {
      const unit = normal.charCodeAt(index);
      const unitClass = classOfUnit(unit);
      if (isNameClass(unitClass)) {
        index = this.#scanName(normal, index);
      } else {
        if (unitClass === UnitClass.ideograph) {
          this.#append(unit);
          this.#closeWord();
        }
        index += 1;
      }
    }
  }

  /** Reads one name from `from`, closes its words and answers the index behind it. */
  #scanName(text: string, from: number): number {
    const firstWord = this.wordCount;
    let previous: number = UnitClass.separator;
    let index = from;
    for (; index < text.length; index += 1) {
      const unitClass = classAt(text, index);
      if (isNameClass(unitClass)) {
        if (isCaseBoundary(text, index, previous)) this.#closeWord();
        this.#append(text.charCodeAt(index));
      } else if (unitClass === UnitClass.joiner && isNameClass(classAt(text, index + 1))) {
        this.#closeWord();
      } else {
        break;
      }
      previous = unitClass;
    }
    if (index - from <= LONGEST_SUFFIXED_NAME) index = this.#scanSuffix(text, index);
    this.#closeWord();
    if (this.wordCount - firstWord > 1) this.compounds.push(firstWord, this.wordCount - 1);
    return index;
  }

  #scanSuffix(text: string, from: number): number {
    let end = from;
    while (classAt(text, end) === UnitClass.suffix) end += 1;
    if (isNameClass(classAt(text, end))) return from;
    for (let index = from; index < end; index += 1) this.#append(text.charCodeAt(index));
    return end;
  }

  #append(unit: number): void {
    this.units[this.#unitCount] = foldUnit(unit);
    this.#unitCount += 1;
  }

  #closeWord(): void {
    if (this.#unitCount === this.starts[this.wordCount]) return;
    this.wordCount += 1;
    this.starts[this.wordCount] = this.#unitCount;
  }

  /** Makes room for a text of that length; what one huge text needed is not kept for the next small one. */
  #reset(length: number): void {
    const wanted = Math.max(KEPT_UNITS, length);
    if (wanted !== this.units.length) {
      this.units = new Uint16Array(wanted);
      this.starts = new Int32Array(wanted + 1);
    }
    this.#unitCount = 0;
    this.wordCount = 0;
    this.compounds.length = 0;
  }
}

function isNameClass(unitClass: number): boolean {
  return unitClass === UnitClass.lower || unitClass === UnitClass.upper || unitClass === UnitClass.digit;
}

function classAt(text: string, index: number): number {
  return index < text.length ? classOfUnit(text.charCodeAt(index)) : UnitClass.separator;
}

/** Whether a capital begins a new word: after a small letter or digit, or as the last capital before a small letter. */
function isCaseBoundary(text: string, index: number, previous: number): boolean {
  if (classAt(text, index) !== UnitClass.upper) return false;
  if (previous !== UnitClass.upper) return true;
  if (classAt(text, index + 1) !== UnitClass.lower) return false;
  const isPlural = text.charCodeAt(index + 1) === LETTER_S && classAt(text, index + 2) !== UnitClass.lower;
  return !isPlural;
}

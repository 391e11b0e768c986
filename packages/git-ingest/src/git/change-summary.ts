import { areaOf, OTHER_AREA } from '../extract/area.ts';
import { languageOf } from '../extract/language.ts';

/** What a commit changed, in bounded space. A merge has no changes of its own: its parents' commits have them. */
export interface ChangeSummary {
  /** Added, modified, deleted and retyped files; a renamed file counts twice (its old and its new path). */
  readonly fileCount: number;
  /** Files by language; files in no known language are in none, so the sum may be below `fileCount`. */
  readonly languages: ReadonlyMap<string, number>;
  /** Files by area; beyond 256 areas the rest is counted as `(other)`, so the sum is always `fileCount`. */
  readonly areas: ReadonlyMap<string, number>;
  /** The paths, or none when `isBulk`. */
  readonly paths: readonly string[];
  /** True when more files changed than `maxPaths`: a mass change says nothing about who works with whom on what. */
  readonly isBulk: boolean;
}

const maxAreas = 256;

/** Counts paths one by one and keeps no more of them than it was told to. */
export class ChangeCounter {
  readonly #maxPaths: number;
  readonly #languages = new Map<string, number>();
  readonly #areas = new Map<string, number>();
  #paths: string[] = [];
  #fileCount = 0;

  constructor(maxPaths: number) {
    this.#maxPaths = maxPaths;
  }

  add(path: string): void {
    this.#fileCount += 1;
    if (this.#fileCount <= this.#maxPaths) this.#paths.push(path);
    else this.#paths = [];
    const language = languageOf(path);
    if (language !== undefined) increment(this.#languages, language);
    const area = areaOf(path);
    const isCounted = this.#areas.has(area) || this.#areas.size < maxAreas;
    increment(this.#areas, isCounted ? area : OTHER_AREA);
  }

  summary(): ChangeSummary {
    return {
      fileCount: this.#fileCount,
      languages: this.#languages,
      areas: this.#areas,
      paths: this.#paths,
      isBulk: this.#fileCount > this.#maxPaths,
    };
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

import type { Truncation } from './truncation.ts';
import type { WalkPath } from './walk-path.ts';

/** What a search for a path came to. */
export interface PathSearch {
  /** Absent: none was found. */
  readonly path?: WalkPath;
  /** Relationships that were looked at. */
  readonly edgesSeen: number;
  /** The search ended early: there may be a path, or a better one. */
  readonly truncated?: Truncation;
}

import type { ChangeSummary } from './change-summary.ts';

/** Who a commit says did something, after the repository's mailmap. Either part may be empty. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** One `Key: value` line of a message's last paragraph, unfolded. */
export interface Trailer {
  readonly key: string;
  readonly value: string;
}

/** One commit as git's own history holds it (replace refs and grafts are not followed). */
export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly tree: string;
  readonly author: Identity;
  readonly committer: Identity;
  readonly authoredAt: Date;
  readonly committedAt: Date;
  readonly message: string;
  /** The first paragraph of the message on one line, as `git log --format=%s` has it. */
  readonly subject: string;
  readonly trailers: readonly Trailer[];
  readonly changes: ChangeSummary;
  /**
   * True when something here is not exactly what the repository holds: bytes that are not UTF-8 became U+FFFD, an
   * identity or date could not be read, a date outside the years 1970–9999 was clamped, or a field over 1 MiB was cut.
   */
  readonly isLossy: boolean;
}

/** Who wrote or committed a commit. */
export interface PersonSpec {
  readonly name: string;
  readonly email: string;
}

/** One file of a commit: its path (bytes where it is not UTF-8) and its new content, or null to delete it. */
export interface FileSpec {
  readonly path: string | Uint8Array;
  readonly content: string | Uint8Array | null;
}

/** One commit to make. Everything has a default, so `{}` is a commit. */
export interface CommitSpec {
  /** Bytes where it is not UTF-8. `commit <number>` unless given; may be empty. */
  readonly message?: string | Uint8Array;
  /** Ada Example <ada@example.com> unless given. */
  readonly author?: PersonSpec;
  /** The author unless given. */
  readonly committer?: PersonSpec;
  /** Seconds since 1970 of author and committer; unless given 2024-01-01T00:00:00Z and a minute more for each commit. */
  readonly unixSeconds?: number;
  /** Positions of earlier commits in the list: none for a root, two or more for a merge. The one before unless given. */
  readonly parents?: readonly number[];
  /** Changes against the first parent. */
  readonly files?: Iterable<FileSpec>;
  /** The branch to move to this commit; `main` unless given. */
  readonly branch?: string;
  /** The `encoding` header, for a message in another encoding. */
  readonly encoding?: string;
}

/** The fields of a commit, in the order in which git is asked for them. */
export const commitFields = [
  'id',
  'parents',
  'tree',
  'authorName',
  'authorEmail',
  'authoredAt',
  'committerName',
  'committerEmail',
  'committedAt',
  'message',
  'trailers',
] as const;

/** The name of one field. */
export type CommitField = (typeof commitFields)[number];

const placeholders: Readonly<Record<CommitField, string>> = {
  id: '%H',
  parents: '%P',
  tree: '%T',
  authorName: '%aN',
  authorEmail: '%aE',
  authoredAt: '%at',
  committerName: '%cN',
  committerEmail: '%cE',
  committedAt: '%ct',
  message: '%B',
  trailers: '%(trailers:only,unfold)',
};

/** What to walk: everything that can be reached from `head` and not from `since`. Both are ids. */
export interface LogRange {
  readonly head: string;
  readonly since?: string | undefined;
}

/**
 * `git log` such that its output means one thing only, whatever the user's or the repository's configuration says.
 * Every value ends with a NUL: first the eleven fields, then a status and a path for each changed file. (Git puts a line
 * break before the first status; none of these values can contain a NUL, and git cuts a message at one.)
 * (Decoration, notes, colours and abbreviation have no part in a format of one's own; `%aN` always applies the mailmap.)
 * No renames: finding them needs file contents and makes a large commit quadratic. No changes for merges: what a merge
 * brings in is counted where it was made.
 */
export function logArguments(range: LogRange): string[] {
  return [
    'log',
    '-z',
    `--format=${commitFields.map((field) => placeholders[field]).join('%x00')}`,
    '--name-status',
    '--reverse',
    '--topo-order',
    '--no-renames',
    '--root',
    '--encoding=UTF-8',
    '--no-show-signature',
    // What today's git does anyway with --name-status; said so that no other one shows merges or starts a program.
    '--diff-merges=off',
    '--no-ext-diff',
    '--no-textconv',
    '--no-relative',
    '--ignore-submodules=none',
    // Documented as the way to undo diff.orderFile.
    '-O/dev/null',
    range.head,
    ...(range.since === undefined ? [] : [`^${range.since}`]),
    '--',
  ];
}

import { ProvenanceError } from '../errors.ts';
import { isObjectId, type ObjectId } from './object-id.ts';

/** A header of a commit: `gpgsig`, `encoding`, `mergetag`, or one that git does not know. */
export interface CommitHeader {
  readonly name: string;
  /** Several lines are joined by line feeds, without the space that each of them began with. */
  readonly value: string;
}

/** A commit object, read. Bytes that are not UTF-8 became U+FFFD, so an id is taken over the bytes and never over this. */
export interface GitCommit {
  readonly tree: ObjectId;
  /** In their order; none for a root, two or more for a merge. */
  readonly parents: readonly ObjectId[];
  /** As written; `parseIdentity` takes it apart. */
  readonly author: string;
  /** As `author`. */
  readonly committer: string;
  /** What follows the committer, in its order; a name may occur more than once. */
  readonly headers: readonly CommitHeader[];
  readonly message: string;
}

// Every byte below 0x80 stays what it is, so lossy decoding changes neither lines nor trailers.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const coreHeaders = new Set(['tree', 'parent', 'author', 'committer']);

/**
 * Reads a commit object, strictly: `tree`, `parent`s, `author` and `committer` in this order and once each, no zero byte.
 * Git itself skips over a second `tree` and stops at a zero byte; what looks different to two readers is refused here.
 *
 * Cost: linear in the size.
 * @param commit what `git cat-file commit <id>` prints
 * @throws ProvenanceError `GIT_COMMIT_INVALID` with `details.reason`
 * @see git, fsck.c (`fsck_commit`)
 * @example
 * const { tree, parents, message } = readCommit(bytes);
 */
export function readCommit(commit: Uint8Array): GitCommit {
  if (commit.includes(0)) throw invalid('it has a zero byte');
  const text = decoder.decode(commit);
  const end = text.indexOf('\n\n');
  if (end === -1) throw invalid('no blank line ends its headers');
  const [tree, ...rest] = readHeaders(text.slice(0, end));
  const parents = rest.filter(({ name }) => name === 'parent');
  // A parent that is not in front moves one of the names below, or is left over.
  const [author, committer, ...headers] = rest.slice(parents.length);
  if (headers.some(({ name }) => coreHeaders.has(name))) throw invalid('a header is out of place');
  return {
    ...readIds(tree, parents),
    author: identityLine(author, 'author'),
    committer: identityLine(committer, 'committer'),
    headers,
    message: text.slice(end + 2),
  };
}

/** A line that begins with a space continues the header above it. */
function readHeaders(text: string): CommitHeader[] {
  const headers: { name: string; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const [name = ''] = line.split(' ', 1);
    const rest = line.slice(name.length + 1);
    const last = headers.at(-1);
    if (name !== '') headers.push({ name, lines: [rest] });
    else if (last === undefined) throw invalid('its first line is no header');
    else last.lines.push(rest);
  }
  return headers.map(({ name, lines }) => ({ name, value: lines.join('\n') }));
}

function readIds(
  tree: CommitHeader | undefined,
  parents: readonly CommitHeader[],
): Pick<GitCommit, 'tree' | 'parents'> {
  if (tree?.name !== 'tree' || !isObjectId(tree.value)) throw invalid('it does not begin with a tree');
  const { length } = tree.value;
  const ids = parents.map(({ value }) => value).filter((id) => isObjectId(id));
  if (ids.length !== parents.length || ids.some((id) => id.length !== length))
    throw invalid('a parent is no object id of the format of its tree');
  return { tree: tree.value, parents: ids };
}

function identityLine(header: CommitHeader | undefined, name: 'author' | 'committer'): string {
  if (header?.name !== name || header.value.includes('\n'))
    throw invalid(`its ${name} is not where it belongs`);
  return header.value;
}

function invalid(reason: string): ProvenanceError {
  return new ProvenanceError('GIT_COMMIT_INVALID', `This is no commit as git writes one: ${reason}.`, {
    details: { reason },
  });
}

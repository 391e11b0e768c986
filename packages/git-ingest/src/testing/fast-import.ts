import type { CommitSpec, FileSpec, PersonSpec } from './commit-spec.ts';

const ada: PersonSpec = { name: 'Ada Example', email: 'ada@example.com' };
/** 2024-01-01T00:00:00Z */
const start = 1_704_067_200;
const chunkBytes = 64 * 1024;

/** The commits in the language of `git fast-import`, in chunks of some size, because a write for each line is slow. */
export async function* fastImportStream(
  commits: Iterable<CommitSpec> | AsyncIterable<CommitSpec>,
): AsyncGenerator<Buffer, void, undefined> {
  let pending: Buffer[] = [];
  let size = 0;
  let index = 0;
  for await (const commit of commits) {
    for (const part of commitParts(commit, index)) {
      pending.push(part);
      size += part.length;
      if (size < chunkBytes) continue;
      yield Buffer.concat(pending);
      pending = [];
      size = 0;
    }
    index += 1;
  }
  yield Buffer.concat([...pending, Buffer.from('done\n')]);
}

function* commitParts(commit: CommitSpec, index: number): Generator<Buffer, void, undefined> {
  const [first, ...others] = commit.parents ?? (index === 0 ? [] : [index - 1]);
  yield Buffer.from(headerOf(commit, index));
  yield data(commit.message ?? `commit ${index}`);
  if (first !== undefined) yield Buffer.from(`from :${first + 1}\n`);
  for (const parent of others) yield Buffer.from(`merge :${parent + 1}\n`);
  for (const file of commit.files ?? []) yield fileCommand(file);
  // Prints the id of the commit.
  yield Buffer.from(`\nget-mark :${index + 1}\n`);
}

function headerOf(commit: CommitSpec, index: number): string {
  const { author = ada, committer = author, unixSeconds = start + index * 60, branch = 'main' } = commit;
  const lines = [
    // Forgets where the branch was: without it a root would silently become a child.
    `reset refs/heads/${branch}`,
    `commit refs/heads/${branch}`,
    `mark :${index + 1}`,
    `author ${identity(author)} ${unixSeconds} +0000`,
    `committer ${identity(committer)} ${unixSeconds} +0000`,
    ...(commit.encoding === undefined ? [] : [`encoding ${commit.encoding}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function identity({ name, email }: PersonSpec): string {
  return name === '' ? `<${email}>` : `${name} <${email}>`;
}

function fileCommand({ path, content }: FileSpec): Buffer {
  if (content === null) return Buffer.concat([Buffer.from('D '), quoted(path), Buffer.from('\n')]);
  return Buffer.concat([Buffer.from('M 100644 inline '), quoted(path), Buffer.from('\n'), data(content)]);
}

function data(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
}

/** A C string in which every byte that is not plain is written in octal. */
function quoted(path: string | Uint8Array): Buffer {
  const escaped = Array.from(Buffer.from(path), (byte) => {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return Buffer.from(`"${escaped.join('')}"`);
}

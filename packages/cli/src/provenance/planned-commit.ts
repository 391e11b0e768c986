import { readFile } from 'node:fs/promises';
import { type CommitContent, type ObjectId, parseObjectId } from '@agent-agency/provenance';
import { isSystemError } from '../failure.ts';
import type { Git } from './git.ts';

/**
 * The tree and the parents that the commit will have which git is about to make.
 *
 * @param isAmended whether it takes the place of HEAD: git does not tell a hook.
 */
export async function plannedCommit(git: Git, isAmended: boolean): Promise<CommitContent> {
  const tree = parseObjectId(await git.text(['write-tree']));
  const parents = isAmended ? await parentsOf(git, 'HEAD') : await nextParents(git);
  return { tree, parents };
}

async function parentsOf(git: Git, commit: string): Promise<ObjectId[]> {
  return objectIds(await git.text(['rev-parse', `${commit}^@`]));
}

/** HEAD and what is merged into it; without `--no-ff` git leaves out whoever is an ancestor of another. */
async function nextParents(git: Git): Promise<ObjectId[]> {
  const head = await git.find(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head === undefined) return [];
  const merged = objectIds(await ownFile(git, 'MERGE_HEAD'));
  const all = [parseObjectId(head), ...merged];
  if (merged.length === 0 || (await ownFile(git, 'MERGE_MODE')).includes('no-ff')) return all;
  return objectIds(await git.text(['merge-base', '--independent', ...all]));
}

/** A file of the work tree's git folder; empty when it is not there. */
async function ownFile(git: Git, name: string): Promise<string> {
  const path = await git.text(['rev-parse', '--path-format=absolute', '--git-path', name]);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return '';
    throw error;
  }
}

function objectIds(lines: string): ObjectId[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map(parseObjectId);
}

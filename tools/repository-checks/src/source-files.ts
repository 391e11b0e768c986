import { readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';

/** A text file of the repository. */
export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/**
 * Reads every text file of the repository that .gitignore does not leave out; no git is needed for it, so a copy
 * without history is checked as well. The .gitignore of this repository lists plain names and name patterns only.
 *
 * **Cost** reads all sources once.
 */
export function readSourceFiles(root: string): SourceFile[] {
  const lines = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
  const ignored = [
    '.git',
    ...lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')),
  ];
  return [...walk(root, '', ignored)];
}

function* walk(root: string, folder: string, ignored: readonly string[]): Generator<SourceFile> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (ignored.some((pattern) => matchesGlob(entry.name, pattern.replace(/\/$/, '')))) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(root, path, ignored);
    else if (entry.isFile()) yield* readText(root, path);
  }
}

/** Nothing for a binary file: those hold NUL bytes. */
function* readText(root: string, path: string): Generator<SourceFile> {
  const text = readFileSync(join(root, path), 'utf8');
  if (!text.includes('\0')) yield { path, text };
}

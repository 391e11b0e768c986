import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type CawsFile, isCawsFile, readCawsDocument } from '@agent-agency/provenance';
import { isSystemError, UsageError } from '../failure.ts';

/** Larger files are no documents: a character takes at most four bytes. */
const MAX_BYTES = 4 * 131_072;

/**
 * The documents in a project's `.caws` folder, or in the one of the project.
 *
 * @throws {UsageError} when there is no such folder, or a file in it is too large.
 */
export async function readCawsFolder(folder: string): Promise<CawsFile[]> {
  const caws = basename(folder) === '.caws' ? folder : join(folder, '.caws');
  const names = await namesIn(caws);
  if (names === undefined)
    throw new UsageError(`there is no folder ${caws}: name a project, or its .caws folder`);
  const waivers = (await namesIn(join(caws, 'waivers'))) ?? [];
  const paths = [...names, ...waivers.map((name) => `waivers/${name}`)].filter(isCawsFile);
  const files: CawsFile[] = [];
  for (const path of paths) files.push({ path, text: await readText(join(caws, path)) });
  return files;
}

/** A document of its own, as one run of the gates leaves it. */
export async function readCawsFile(path: string): Promise<unknown> {
  return readCawsDocument(await readText(path));
}

async function readText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MAX_BYTES)
    throw new UsageError(`${path} is larger than ${String(MAX_BYTES)} bytes: no document is`);
  return readFile(path, 'utf8');
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}

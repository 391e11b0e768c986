import { createHash } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createPrivateFile,
  errnoOf,
  listNames,
  makePrivateFolder,
  syncFolder,
} from '../encryption/private-files.ts';
import type { ContextStorage, StoredContent } from './context-storage.ts';

const LOCATION = /^file:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/**
 * Contexts as files of a folder, a folder in it for each tenant. For one machine, or a folder that several mount.
 *
 * A location is a file's name and nothing else: what a row of one tenant says does not lead into the folder of another.
 */
export function createLocalFolderStorage(folder: string): ContextStorage {
  // A tenant id may have a colon, 255 letters, and differ from another in upper case only.
  const folderOf = (tenantId: string): string =>
    join(folder, createHash('sha256').update(tenantId).digest('hex'));
  const fileOf = (tenantId: string, location: string): string | undefined => {
    const name = LOCATION.exec(location)?.[1];
    return name && join(folderOf(tenantId), name);
  };
  return {
    async put(tenantId, content) {
      const name = crypto.randomUUID();
      await makePrivateFolder(folderOf(tenantId));
      await createPrivateFile(folderOf(tenantId), name, content);
      await syncFolder(folder);
      return `file:${name}`;
    },
    async get(tenantId, location, limitBytes) {
      const file = fileOf(tenantId, location);
      return file === undefined ? undefined : readUpTo(file, limitBytes);
    },
    async remove(tenantId, location) {
      const file = fileOf(tenantId, location);
      if (file !== undefined) await rm(file, { force: true });
    },
    list: (tenantId) => listFiles(folderOf(tenantId)),
  };
}

async function readUpTo(file: string, limitBytes: number): Promise<Buffer | undefined> {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      return size > limitBytes ? undefined : await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function* listFiles(folder: string): AsyncIterable<StoredContent> {
  for (const name of await listNames(folder)) {
    const location = `file:${name}`;
    if (!LOCATION.test(location)) continue;
    try {
      yield { location, storedAt: (await stat(join(folder, name))).mtime };
    } catch (error) {
      // Removed in the meantime.
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}

import { readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ContextStorage } from '../../src/contexts/context-storage.ts';
import { createLocalFolderStorage } from '../../src/contexts/local-folder-storage.ts';
import { useFolders } from '../encryption/support/encrypted-tenants.ts';

const folders = useFolders();
const content = Buffer.from('content');

async function newStorage(): Promise<{ folder: string; storage: ContextStorage }> {
  const folder = join(await folders.newFolder(), 'contexts');
  return { folder, storage: createLocalFolderStorage(folder) };
}

async function locationsOf(storage: ContextStorage, tenantId: string): Promise<string[]> {
  const locations: string[] = [];
  for await (const { location } of storage.list(tenantId)) locations.push(location);
  return locations;
}

describe('createLocalFolderStorage', () => {
  it('gives back what it got, also to another process', async () => {
    const { folder, storage } = await newStorage();
    const location = await storage.put('acme', content);
    expect(location).toMatch(/^file:[0-9a-f-]{36}$/);
    expect(await createLocalFolderStorage(folder).get('acme', location, 7)).toEqual(content);
  });

  it('lets nobody else read', async () => {
    const { folder, storage } = await newStorage();
    await storage.put('acme', content);
    const [tenantFolder = ''] = await readdir(folder);
    const [file = ''] = await readdir(join(folder, tenantFolder));
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, tenantFolder, file))).mode & 0o777).toBe(0o600);
  });

  it('finds nothing of a tenant for another', async () => {
    const { folder, storage } = await newStorage();
    const location = await storage.put('acme', content);
    const [tenantFolder = ''] = await readdir(folder);
    const name = location.slice('file:'.length);
    for (const forged of [
      location,
      `file:../${tenantFolder}/${name}`,
      `file:${join(folder, tenantFolder, name)}`,
    ]) {
      expect(await storage.get('globex', forged, 100)).toBeUndefined();
      await storage.remove('globex', forged);
    }
    expect(await locationsOf(storage, 'globex')).toEqual([]);
    expect(await storage.get('acme', location, 100)).toEqual(content);
  });

  it.each(['', 'file:', 'file:.', 'file:..', '/etc/passwd', 'file:/etc/passwd'])(
    'finds nothing at %j',
    async (location) => {
      const { storage } = await newStorage();
      expect(await storage.get('acme', location, 1_000_000)).toBeUndefined();
      await storage.remove('acme', location);
    },
  );

  it('gives nothing that is larger than the limit', async () => {
    const { storage } = await newStorage();
    const location = await storage.put('acme', content);
    expect(await storage.get('acme', location, content.length - 1)).toBeUndefined();
  });

  it('removes, also what is gone already', async () => {
    const { storage } = await newStorage();
    const location = await storage.put('acme', content);
    await storage.remove('acme', location);
    await storage.remove('acme', location);
    expect(await storage.get('acme', location, 100)).toBeUndefined();
  });

  it('lists what it has, and no draft of a process that crashed', async () => {
    const { folder, storage } = await newStorage();
    expect(await locationsOf(storage, 'acme')).toEqual([]);
    const locations = [await storage.put('acme', content), await storage.put('acme', content)];
    const [tenantFolder = ''] = await readdir(folder);
    await writeFile(join(folder, tenantFolder, '.1234.draft'), 'x');
    await symlink('/nowhere', join(folder, tenantFolder, crypto.randomUUID()));
    expect((await locationsOf(storage, 'acme')).toSorted()).toEqual(locations.toSorted());
  });
});

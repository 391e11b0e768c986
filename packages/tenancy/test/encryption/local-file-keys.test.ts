import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { matching } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { createLocalFileKeys } from '../../src/encryption/local-file-keys.ts';
import { useFolders } from './support/encrypted-tenants.ts';

const folders = useFolders();
const dataKey = Buffer.alloc(32, 7);
const name = { tenantId: 'acme', keyId: 'one' };

async function newKeys() {
  const folder = await folders.newFolder();
  return { folder, keys: createLocalFileKeys(folder) };
}

/** The only key file of the folder. */
async function keyFile(folder: string): Promise<string> {
  const [file = '', ...others] = await readdir(folder);
  expect(others).toEqual([]);
  return join(folder, file);
}

describe('createLocalFileKeys', () => {
  it('unwraps what it wrapped, also in another process', async () => {
    const { folder, keys } = await newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    expect(wrapped.kekId).toMatch(/^file:1:[0-9a-f]{16}$/);
    expect(Buffer.from(wrapped.wrapped).includes(dataKey)).toBe(false);
    expect(await createLocalFileKeys(folder).unwrap(name, wrapped)).toEqual(dataKey);
    expect(await keys.wrap(name, dataKey)).not.toEqual(wrapped);
  });

  it('makes its folder and files for its own user only', async () => {
    const folder = join(await folders.newFolder(), 'a', 'b');
    await createLocalFileKeys(folder).wrap(name, dataKey);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(await keyFile(folder))).mode & 0o777).toBe(0o600);
  });

  it('gives one key to all who make the first at the same moment', async () => {
    const { folder } = await newKeys();
    const wrapped = await Promise.all(
      Array.from({ length: 20 }, () => createLocalFileKeys(folder).wrap(name, dataKey)),
    );
    expect(new Set(wrapped.map(({ kekId }) => kekId)).size).toBe(1);
    await keyFile(folder);
    for (const it of wrapped) expect(await createLocalFileKeys(folder).unwrap(name, it)).toEqual(dataKey);
  });

  it('gives every tenant a key of its own, however alike their ids are', async () => {
    const { folder, keys } = await newKeys();
    const ids = ['acme', 'Acme', 'acme:1', 'acme.1', 'a'.repeat(255)];
    const wrapped = await Promise.all(ids.map((tenantId) => keys.wrap({ tenantId, keyId: 'one' }, dataKey)));
    expect(await readdir(folder)).toHaveLength(ids.length);
    expect(new Set(wrapped.map(({ kekId }) => kekId)).size).toBe(ids.length);
  });

  it.each([
    ['another tenant', { tenantId: 'globex', keyId: 'one' }, 'KEY_DESTROYED'],
    ['another data key', { tenantId: 'acme', keyId: 'two' }, 'VALUE_UNREADABLE'],
  ])('refuses a wrapped key as that of %s', async (_what, other, code) => {
    const { keys } = await newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    await keys.wrap({ tenantId: 'globex', keyId: 'one' }, dataKey);
    await expect(keys.unwrap(other, wrapped)).rejects.toMatchObject({ code });
  });

  it('refuses a wrapped key with a byte changed, cut off, or empty', async () => {
    const { keys } = await newKeys();
    const { kekId, wrapped } = await keys.wrap(name, dataKey);
    for (const at of wrapped.keys()) {
      const tampered = Buffer.from(wrapped);
      tampered[at] = (tampered[at] ?? 0) ^ 1;
      for (const bytes of [tampered, tampered.subarray(0, at)]) {
        await expect(keys.unwrap(name, { kekId, wrapped: bytes })).rejects.toMatchObject({
          code: 'VALUE_UNREADABLE',
          message: "the wrapped key one was changed, or is another's",
        });
      }
    }
  });

  it.each([0o640, 0o604, 0o620, 0o660, 0o644])('refuses a key file of mode %o', async (mode) => {
    const { folder, keys } = await newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    await chmod(await keyFile(folder), mode);
    for (const use of [() => keys.unwrap(name, wrapped), () => keys.wrap(name, dataKey)]) {
      await expect(use()).rejects.toMatchObject({
        code: 'KEY_UNAVAILABLE',
        message: matching(new RegExp(`not private: its mode is ${mode.toString(8)}`)),
      });
    }
  });

  it.each([0o750, 0o701, 0o770])('refuses a folder of mode %o', async (mode) => {
    const { folder, keys } = await newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    await chmod(folder, mode);
    await expect(keys.unwrap(name, wrapped)).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' });
    await expect(keys.destroy('acme')).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' });
  });

  it('follows no link to a key elsewhere', async () => {
    const { folder, keys } = await newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    const file = await keyFile(folder);
    const elsewhere = join(await folders.newFolder(), 'kek');
    await rename(file, elsewhere);
    await symlink(elsewhere, file);
    await expect(keys.unwrap(name, wrapped)).rejects.toMatchObject({
      code: 'KEY_UNAVAILABLE',
      message: matching(/cannot be used \(ELOOP\)/),
    });
  });

  it.each(['', '{}', 'null', '{"format":"agent-agency.kek.v1"}', 'not JSON'])(
    'refuses a key file that holds %j, and never overwrites it',
    async (content) => {
      const { folder, keys } = await newKeys();
      await keys.wrap(name, dataKey);
      const file = await keyFile(folder);
      await writeFile(file, content);
      await expect(keys.wrap(name, dataKey)).rejects.toMatchObject({
        code: 'KEY_UNAVAILABLE',
        message: matching(/is not a key-encryption-key of acme/),
      });
      expect(await readFile(file, 'utf8')).toBe(content);
    },
  );

  it("refuses the key file of another tenant under this one's name", async () => {
    const { folder, keys } = await newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    const mine = await keyFile(folder);
    await keys.wrap({ tenantId: 'globex', keyId: 'one' }, dataKey);
    const theirs = (await readdir(folder)).map((it) => join(folder, it)).find((it) => it !== mine) ?? '';
    await rename(theirs, mine);
    await expect(keys.unwrap(name, wrapped)).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' });
  });

  it('says which folder cannot be used', async () => {
    const file = join(await folders.newFolder(), 'file');
    await writeFile(file, '');
    await expect(createLocalFileKeys(file).wrap(name, dataKey)).rejects.toMatchObject({
      code: 'KEY_UNAVAILABLE',
      message: matching(/key-encryption-keys .*file cannot be used \((EEXIST|ENOTDIR)\)/),
    });
  });
});

describe('destroy', () => {
  it('removes the keys of a tenant, and of no other', async () => {
    const { folder, keys } = await newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    await keys.rotate('acme');
    const other = { tenantId: 'globex', keyId: 'one' };
    const theirs = await keys.wrap(other, dataKey);
    await keys.destroy('acme');
    await keys.destroy('acme');
    await expect(keys.unwrap(name, wrapped)).rejects.toMatchObject({
      code: 'KEY_DESTROYED',
      retryable: false,
    });
    expect(await keys.unwrap(other, theirs)).toEqual(dataKey);
    await keyFile(folder);
  });

  it('overwrites the file before it removes it', async () => {
    const { folder, keys } = await newKeys();
    await keys.wrap(name, dataKey);
    const file = await keyFile(folder);
    // A second name of the same bytes on the disk.
    const witness = join(await folders.newFolder(), 'witness');
    await link(file, witness);
    const before = await readFile(witness, 'utf8');
    const { key } = JSON.parse(before) as { key: string };
    await keys.destroy('acme');
    const after = await readFile(witness, 'latin1');
    expect(after).toHaveLength(before.length);
    expect(after).not.toContain(key.slice(0, 8));
    expect(await readdir(folder)).toEqual([]);
  });

  it('is for good: a key made later opens nothing from before', async () => {
    const { keys } = await newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    await keys.destroy('acme');
    const later = await keys.wrap(name, dataKey);
    expect(later.kekId).toMatch(/^file:1:/);
    expect(later.kekId).not.toBe(wrapped.kekId);
    await expect(keys.unwrap(name, wrapped)).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
    expect(await keys.unwrap(name, later)).toEqual(dataKey);
  });

  it('knows no tenant: nothing happens', async () => {
    const { folder, keys } = await newKeys();
    await keys.destroy('nobody');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('rotate', () => {
  it('wraps with the new key, and unwraps with both until the older are destroyed', async () => {
    const { folder, keys } = await newKeys();
    const old = await keys.wrap(name, dataKey);
    await keys.rotate('acme');
    const fresh = await keys.wrap(name, dataKey);
    expect(fresh.kekId).toMatch(/^file:2:/);
    expect(await keys.unwrap(name, old)).toEqual(dataKey);
    await keys.destroyOlder('acme');
    expect(await keys.unwrap(name, fresh)).toEqual(dataKey);
    await expect(keys.unwrap(name, old)).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
    await keyFile(folder);
  });

  it('loses no key when two rotate at the same moment', async () => {
    const { keys } = await newKeys();
    const wrapped = [await keys.wrap(name, dataKey)];
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([
        keys.rotate('acme'),
        keys.rotate('acme'),
        keys.wrap(name, dataKey).then((it) => wrapped.push(it)),
      ]);
      wrapped.push(await keys.wrap(name, dataKey));
    }
    for (const it of wrapped) expect(await keys.unwrap(name, it)).toEqual(dataKey);
  });

  it('takes files that are not keys for what they are', async () => {
    const { folder, keys } = await newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    const file = await keyFile(folder);
    await writeFile(file.replace('.1.kek', '.9.kek.bak'), 'x');
    await writeFile(join(folder, '.1234.draft'), 'left by a crash');
    await mkdir(join(folder, 'lost+found'));
    expect((await keys.wrap(name, dataKey)).kekId).toBe(wrapped.kekId);
    await rm(join(folder, 'lost+found'), { recursive: true });
  });
});

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createMigration, readMigrations } from '../src/index.ts';
import { migrationFolder, tables } from './support/migration-folder.ts';

describe('createMigration', () => {
  it('writes both files with the next number, and the runner accepts them', async () => {
    const directory = await migrationFolder(tables('001_one', '002_two'));
    await expect(createMigration('add_things', { directory })).resolves.toEqual({
      version: 3,
      name: '003_add_things',
      up: new URL('003_add_things.sql', directory),
      down: new URL('003_add_things.down.sql', directory),
    });
    expect((await readMigrations(directory)).map(({ name }) => name)).toEqual([
      '001_one',
      '002_two',
      '003_add_things',
    ]);
    expect(await readdir(directory)).toHaveLength(6);
  });

  it('makes the folder, and begins with 001', async () => {
    const directory = new URL('new/folder', await migrationFolder({}));
    await expect(createMigration('first', { directory })).resolves.toMatchObject({ name: '001_first' });
    await expect(readMigrations(directory)).resolves.toHaveLength(1);
  });

  it.each([
    ['Add things', '001_add_things'],
    ['add-things  twice', '001_add_things_twice'],
    ['x', '001_x'],
    ['a'.repeat(40), `001_${'a'.repeat(40)}`],
  ])('takes the name %j for %s', async (name, file) => {
    const directory = await migrationFolder({});
    await expect(createMigration(name, { directory })).resolves.toMatchObject({ name: file });
  });

  it.each(['', ' ', '../x', 'a/b', 'a.sql', '1st', '_a', 'a_', 'ä', 'a\0b', "x'; drop", 'a'.repeat(41)])(
    'refuses the name %j, and writes nothing',
    async (name) => {
      const directory = await migrationFolder({});
      await expect(createMigration(name, { directory })).rejects.toMatchObject({
        code: 'BAD_FILE',
        message:
          'a migration cannot have this name: write words of a-z and 0-9, 40 letters at most, as in add_invoices',
      });
      expect(await readdir(directory)).toEqual([]);
    },
  );

  it('gives each of several at the same time a number of its own, and overwrites nothing', async () => {
    const directory = await migrationFolder(tables('001_one'));
    const names = ['same', 'same', ...Array.from('abcdefgh')];
    const created = await Promise.all(names.map((name) => createMigration(name, { directory })));
    expect(created.map(({ version }) => version).sort((a, b) => a - b)).toEqual([
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
    const files = await readMigrations(directory);
    expect(new Set(created.map(({ name }) => name))).toEqual(new Set(files.slice(1).map(({ name }) => name)));
    expect(files[0]?.up).toBe('create table one (id integer);');
  });

  it('says what to do when one that died has left the folder locked', async () => {
    const directory = await migrationFolder({});
    await mkdir(new URL('.creating', directory));
    await expect(createMigration('one', { directory })).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: expect.stringContaining('remove the folder .creating') as string,
    });
  });

  it('refuses a folder whose files are refused, and the number 1000', async () => {
    const gap = await migrationFolder(tables('001_one', '003_three'));
    await expect(createMigration('four', { directory: gap })).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: expect.stringContaining('there is no 002') as string,
    });
    expect(await readdir(gap)).toHaveLength(4);
    const numbers = Array.from({ length: 999 }, (_, n) => `${String(n + 1).padStart(3, '0')}_t`);
    const full = await migrationFolder(tables(...numbers));
    await expect(createMigration('more', { directory: full })).rejects.toMatchObject({
      message: '999 is the last number there is',
    });
  });

  it('writes nothing into an installed package', async () => {
    const directory = new URL('node_modules/@agent-agency/migrations/', await migrationFolder({}));
    await expect(createMigration('one', { directory })).rejects.toMatchObject({
      code: 'BAD_FILE',
      message:
        'the files of an installed package are replaced by the next installation: name a folder of your own',
    });
    expect(existsSync(directory)).toBe(false);
  });

  it('names its table by the number, which is nobody’s name and no reserved word', async () => {
    const directory = await migrationFolder({});
    const { up, down } = await createMigration('order', { directory });
    expect(await readFile(up, 'utf8')).toContain('create table example_001 (');
    expect(await readFile(down, 'utf8')).toContain('drop table example_001;');
  });
});

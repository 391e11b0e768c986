import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { migrationsDirectory, readMigrations, schemaChecksum } from '../src/index.ts';
import { migrationFolder, tables } from './support/migration-folder.ts';

describe('readMigrations', () => {
  it('reads the files of a folder in order, with the checksum of what is applied', async () => {
    const folder = await migrationFolder({ ...tables('002_two', '001_one'), 'README.md': 'not SQL' });
    const checksum = createHash('sha256').update('create table two (id integer);').digest('hex');
    await expect(readMigrations(folder)).resolves.toMatchObject([
      { version: 1, name: '001_one' },
      { version: 2, name: '002_two', checksum, down: 'drop table two;', inTransaction: true },
    ]);
  });

  it('reads a folder whose URL has no slash at its end', async () => {
    const folder = await migrationFolder(tables('001_one'));
    await expect(readMigrations(new URL(folder.href.slice(0, -1)))).resolves.toHaveLength(1);
  });

  it.each([
    '1_one.sql',
    '0001_one.sql',
    '000_none.sql',
    '001-one.sql',
    '001_One.sql',
    '001_.sql',
    '001_one_.sql',
    '001_one.up.sql',
    'one.sql',
  ])('refuses the name %s', async (name) => {
    const folder = await migrationFolder({ [name]: '' });
    await expect(readMigrations(folder)).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: expect.stringContaining(name) as string,
    });
  });

  it('refuses two files with one number', async () => {
    const folder = await migrationFolder(tables('001_one', '001_other'));
    await expect(readMigrations(folder)).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: '001_one and 001_other share a number: renumber one',
    });
  });

  it.each([
    [
      ['001_one', '003_three'],
      '003_three follows 001_one, but there is no 002: restore that file, or renumber this one to 002',
    ],
    [
      ['002_two'],
      '002_two is the first, but there is no 001: restore that file, or renumber this one to 001',
    ],
    [
      ['001_one', '002_two', '010_ten', '012_twelve'],
      '010_ten follows 002_two, but there is no 003: restore that file, or renumber this one to 003',
    ],
  ])('refuses %j, which leave out a number, and says which', async (names, message) => {
    const folder = await migrationFolder(tables(...names));
    await expect(readMigrations(folder)).rejects.toMatchObject({ code: 'BAD_FILE', message });
  });

  it('refuses a file that cannot be undone', async () => {
    const folder = await migrationFolder({ '001_one.sql': '' });
    await expect(readMigrations(folder)).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: '001_one.sql cannot be undone: write 001_one.down.sql',
    });
  });

  it('refuses a file that undoes nothing', async () => {
    const folder = await migrationFolder({ '001_one.down.sql': '' });
    await expect(readMigrations(folder)).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: '001_one.down.sql has nothing to undo: write 001_one.sql',
    });
  });

  it('reads a companion, which is no part of the checksum', async () => {
    const files = tables('001_one', '002_two');
    const [one, two] = await readMigrations(
      await migrationFolder({ ...files, '001_one.prepare.sql': 'select 1;' }),
    );
    const [alone] = await readMigrations(await migrationFolder(files));
    expect(one).toEqual({ ...alone, prepare: 'select 1;' });
    expect(two).not.toHaveProperty('prepare');
  });

  it('refuses a companion without its migration', async () => {
    const folder = await migrationFolder({ ...tables('001_one'), '002_two.prepare.sql': '' });
    await expect(readMigrations(folder)).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: '002_two.prepare.sql has nothing to prepare: write 002_two.sql',
    });
  });

  it.each([
    'commit;',
    'COMMIT ;',
    '  rollback;',
    'begin;',
    'Begin Transaction;',
    'start transaction;',
    'abort;',
  ])('refuses a file with %s, which would leave half of it behind', async (statement) => {
    const up = await migrationFolder({
      ...tables('001_one'),
      '001_one.sql': `select 1;\n${statement}\nselect 2;`,
    });
    await expect(readMigrations(up)).rejects.toMatchObject({ code: 'BAD_FILE' });
    const down = await migrationFolder({ ...tables('001_one'), '001_one.down.sql': statement });
    await expect(readMigrations(down)).rejects.toMatchObject({ code: 'BAD_FILE' });
    const companion = await migrationFolder({ ...tables('001_one'), '001_one.prepare.sql': statement });
    await expect(readMigrations(companion)).rejects.toMatchObject({ code: 'BAD_FILE' });
  });

  it('takes the begin of a function for what it is', async () => {
    const body =
      'do $$\nbegin\n  perform 1;\nend\n$$;\ncreate function f() returns int begin atomic\nselect 1;\nend;';
    const folder = await migrationFolder({ ...tables('001_one'), '001_one.sql': body });
    await expect(readMigrations(folder)).resolves.toHaveLength(1);
  });

  it('takes a file out of its transaction only by a line of its header', async () => {
    const folder = await migrationFolder({
      ...tables('001_one', '002_two', '003_three'),
      '001_one.sql': '-- An index.\n-- transaction: no\nselect 1;',
      '002_two.sql': '-- This is -- transaction: no\nselect 1;',
      '003_three.sql': `${'-- words\n'.repeat(40)}-- transaction: no\nselect 1;`,
    });
    const migrations = await readMigrations(folder);
    expect(migrations.map(({ inTransaction }) => inTransaction)).toEqual([false, true, true]);
  });

  it('reads the migrations of this package', async () => {
    const migrations = await readMigrations();
    expect(migrations.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['001_create_agent_registry_tables', '008_create_hybrid_search_views']),
    );
  });
});

describe('schemaChecksum', () => {
  it('is over the bootstrap and every migration', async () => {
    const bootstrap = await readFile(new URL('bootstrap.sql', migrationsDirectory));
    const sums = (await readMigrations()).map(({ checksum }) => checksum);
    const expected = createHash('sha256').update(bootstrap).update(sums.join('')).digest('hex');
    await expect(schemaChecksum()).resolves.toBe(expected);
  });
});

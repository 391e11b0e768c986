import { gzipSync } from 'node:zlib';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { eraseTenant } from '../../src/erasure/erase-tenant.ts';
import { openRow, parseRow, RunningDigest, TableDigester } from '../../src/transfer/transfer-format.ts';
import { exported, fileOf, imported, linesOf } from './support/files.ts';
import { makeSigner } from './support/signer.ts';
import { useWorld } from './support/world.ts';

const database = testDatabase();
const world = useWorld(database);

/** Somebody's own file of the same form: with checks and digests that fit. */
function rewritten(lines: readonly string[], change: (row: string, at: number) => string): string[] {
  const [running, digests] = [new RunningDigest(), new TableDigester()];
  const open = (line: string): string => line.replace(/,"check":"[0-9a-f]+"\}$/, '');
  const [first = '', ...rest] = lines;
  const result = [running.seal(open(first)).trimEnd()];
  for (const [at, line] of rest.slice(0, -1).entries()) {
    const { table, row } = parseRow(change(open(line), at)) ?? { table: '', row: '' };
    digests.add(table, row);
    result.push(running.seal(openRow(table, row)).trimEnd());
  }
  const manifest = JSON.parse(rest.at(-1) ?? '') as { body: { tables: { table: string }[] } };
  Object.assign(manifest.body, {
    rows: digests.rows,
    sha256: running.digest(),
    tables: manifest.body.tables.map((table) => ({ ...table, ...digests.of(table.table) })),
  });
  return [...result, JSON.stringify(manifest)];
}

describe.skipIf(database.kind === 'pglite')('importTenant', () => {
  const [signer, stranger] = [makeSigner(), makeSigner()];
  let lines: string[] = [];
  const some = 20;

  beforeAll(async () => {
    await world.fill('acme');
    await world.fill('globex');
    lines = linesOf(await exported(world.operator, 'acme', { signer }));
    await world.operator.withSystem('tests', (tx) =>
      eraseTenant(tx, { tenantId: 'acme', reason: 'a test', force: true }),
    );
  });

  const nothingIsThere = async (): Promise<void> => {
    const { rows } = await world.administrator.query(
      `select (select count(*) from tenants where id = 'acme') + (select count(*) from task_queue where tenant_id = 'acme')
         as rows`,
    );
    expect(Number(rows[0]?.['rows'])).toBe(0);
  };

  const without = (at: number): string[] => lines.toSpliced(at, 1);
  it.each<[string, () => string[], number]>([
    ['an empty file', () => [], 1],
    ['something else', () => ['{"hello":"world"}'], 1],
    ['a header that was changed', () => lines.with(0, lines[0]?.replace('"acme"', '"acmf"') ?? ''), 1],
    ['a file without its header', () => without(0), 1],
    [
      'a value that was changed',
      () => lines.with(some, lines[some]?.replace('acme', 'acmf') ?? ''),
      some + 1,
    ],
    ['a row that is missing', () => without(some), some + 1],
    ['a row that is there twice', () => lines.toSpliced(some, 0, lines[some] ?? ''), some + 2],
    [
      'rows in another order',
      () => lines.toSpliced(some, 2, lines[some + 1] ?? '', lines[some] ?? ''),
      some + 1,
    ],
    ['a line that was cut', () => lines.with(some, lines[some]?.slice(0, -5) ?? ''), some + 1],
    ['an empty line', () => lines.toSpliced(some, 0, ''), some + 1],
  ])('refuses %s, and names the line', async (_what, damage, line) => {
    await expect(imported(world.operator, fileOf(damage()))).rejects.toMatchObject({
      code: 'TRANSFER_DAMAGED',
      details: { line },
    });
    await nothingIsThere();
  });

  it('refuses a file that was cut off, wherever', async () => {
    for (const kept of [1, some, lines.length - 1])
      await expect(imported(world.operator, fileOf(lines.slice(0, kept)))).rejects.toMatchObject({
        code: 'TRANSFER_DAMAGED',
        details: { line: kept + 1 },
      });
    const half = fileOf(lines);
    await expect(imported(world.operator, half.subarray(0, half.length - 9))).rejects.toMatchObject({
      code: 'TRANSFER_DAMAGED',
      details: { line: lines.length },
    });
    await nothingIsThere();
  });

  it('refuses what follows the manifest, and a manifest of other rows', async () => {
    const last = lines.at(-1) ?? '';
    for (const file of [
      [...lines, last],
      [...lines, '{}'],
    ])
      await expect(imported(world.operator, fileOf(file))).rejects.toMatchObject({
        code: 'TRANSFER_DAMAGED',
        details: { line: lines.length + 1 },
      });
    const changed = last.replace(
      /"rows":(\d+),"sha256"/,
      (_all, rows: string) => `"rows":${Number(rows) + 1},"sha256"`,
    );
    expect(changed).not.toBe(last);
    await expect(imported(world.operator, fileOf(lines.with(-1, changed)))).rejects.toMatchObject({
      code: 'TRANSFER_DAMAGED',
      details: { line: lines.length },
    });
    await nothingIsThere();
  });

  it('refuses what is not UTF-8, and what is still compressed', async () => {
    const bytes = fileOf(lines);
    const at = bytes.indexOf('agent 1');
    bytes[at] = 0xff;
    await expect(imported(world.operator, bytes)).rejects.toMatchObject({ code: 'TRANSFER_DAMAGED' });
    await expect(imported(world.operator, gzipSync(fileOf(lines)))).rejects.toMatchObject({
      code: 'TRANSFER_DAMAGED',
      details: { line: 1 },
    });
  });

  it('takes no other tenant’s row, from whoever made the file up', async () => {
    const file = rewritten(lines, (line) =>
      line.startsWith('{"table":"task_queue"')
        ? line.replace('"tenant_id":"acme"', '"tenant_id":"globex"')
        : line,
    );
    await expect(imported(world.operator, fileOf(file))).rejects.toMatchObject({ code: 'IMPORT_REFUSED' });
    await nothingIsThere();
  });

  it('names the lines that the database refuses', async () => {
    let refused = 0;
    const file = rewritten(lines, (line, at) => {
      if (!line.startsWith('{"table":"task_queue"')) return line;
      refused = at + 2;
      return line.replace(/"priority":"\d+"/, '"priority":"-1"');
    });
    await expect(imported(world.operator, fileOf(file))).rejects.toMatchObject({
      code: 'IMPORT_REFUSED',
      details: { line: refused, lastLine: refused },
      message: expect.stringContaining('task_queue') as string,
    });
  });

  it('refuses a row that leaves a column out', async () => {
    const file = rewritten(lines, (line) => line.replace(/,"error_message":null/, ''));
    expect(file).not.toEqual(lines);
    await expect(imported(world.operator, fileOf(file))).rejects.toMatchObject({ code: 'IMPORT_REFUSED' });
    await nothingIsThere();
  });

  it('finds out a file that was made up as a whole by its signature only', async () => {
    const file = rewritten(lines, (line) =>
      line.startsWith('{"table":"task_queue"') ? line.replace('Find out.', 'Made up.') : line,
    );
    const unsigned = file.at(-1)?.replace(/"signature":\{.*\}\}$/, '"signature":null}') ?? '';
    for (const made of [file, file.with(-1, unsigned)])
      await expect(
        imported(world.operator, fileOf(made), { trustedKey: signer.publicKey }),
      ).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    await nothingIsThere();
    await expect(
      imported(world.operator, fileOf(lines), { trustedKey: stranger.publicKey }),
    ).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    await nothingIsThere();
  });

  it('refuses another id: the log is hashed with the tenant’s', async () => {
    await expect(imported(world.operator, fileOf(lines), { tenantId: 'acme-2' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('hashed') as string,
    });
  });

  it('takes the file as it was', async () => {
    const manifest = await imported(world.operator, fileOf(lines), {
      ...{ tenantId: 'acme', trustedKey: signer.publicKey },
    });
    expect(manifest).toMatchObject({ tenant: 'acme', rows: lines.length - 2 });
  });
});

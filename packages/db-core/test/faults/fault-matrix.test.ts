import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { currentFaultMatrix, faultMatrix } from '../../scripts/fault-matrix.ts';

const CODES = new Set(['UNREACHABLE']);

function matrixOf(text: string): string {
  return faultMatrix([{ name: 'some.db.test.ts', text }], CODES);
}

describe('docs/operations/faults.md', () => {
  it('is what the tests of this folder are called: `pnpm run generate-faults` writes it', async () => {
    const page = new URL('../../../../docs/operations/faults.md', import.meta.url);
    expect(await readFile(page, 'utf8')).toBe(currentFaultMatrix());
  });
});

describe('faultMatrix', () => {
  it('has a row for each test of a fault, with its error codes marked', () => {
    const text = [
      `describe.skipIf(database.kind === 'pglite')(`,
      `  "fault: the server's cable is cut",`,
      `  () => {`,
      `    it('throws UNREACHABLE; writes nothing', async () => {`,
      `    it('answers; works on', async () => {`,
    ].join('\n');
    const file = '[some.db.test.ts](../../packages/db-core/test/faults/some.db.test.ts)';
    const rows = matrixOf(text)
      .split('\n')
      .filter((line) => line.includes(file));
    expect(rows.map((row) => row.split('|').map((cell) => cell.trim()))).toEqual([
      ['', "the server's cable is cut", 'throws `UNREACHABLE`', 'writes nothing', file, ''],
      ['', "the server's cable is cut", 'answers', 'works on', file, ''],
    ]);
  });

  it('refuses what would be missing on the page, or wrong', () => {
    const inFault = (name: string): string => `describe('fault: a', () => {\n  ${name}, async () => {`;
    expect(() => matrixOf(`describe('something else', () => {`)).toThrow("not 'fault: …'");
    expect(() => matrixOf(`it('throws; holds', () => {`)).toThrow('of a fault');
    expect(() => matrixOf(inFault(`it('works'`))).toThrow('works');
    expect(() => matrixOf(inFault(`it('throws; holds; more'`))).toThrow('holds; more');
    expect(() => matrixOf(inFault('it(`throws ${code}; holds`'))).toThrow('without a fixed name');
    expect(() => matrixOf(inFault(`it.each([1])('throws; holds'`))).toThrow('without a fixed name');
    expect(() => matrixOf(inFault(`it('throws NO_SUCH_CODE; holds'`))).toThrow('NO_SUCH_CODE');
  });
});

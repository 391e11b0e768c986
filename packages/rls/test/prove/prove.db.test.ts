import { readFile } from 'node:fs/promises';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeDifference } from '../../src/prove/report.ts';
import { isProof, passes, proofDocument, type Proof } from '../../src/index.ts';
import { prove } from './support.ts';

const DOCUMENT = new URL('../../../../docs/reference/isolation-matrix.md', import.meta.url);

const database = testDatabase();
let proof: Proof;

const contents = (): Promise<unknown> =>
  withSession(database.url, async (session) => {
    const { rows } = await session.query(
      `select (select count(*) from tenants) as tenants, (select count(*) from app.context_keys) as keys,
        (select count(*) from pg_policy) as policies, (select count(*) from pg_proc) as functions`,
    );
    return rows;
  });

beforeAll(async () => {
  const before = await contents();
  proof = await prove(database);
  expect(await contents()).toEqual(before);
});

describe.skipIf(database.kind === 'pglite')('proveIsolation', () => {
  it('finds nothing that a role can do and the model does not say [T1, T2, T8]', () => {
    expect(proof.cells.filter((cell) => !passes(cell)).map(describeDifference)).toEqual([]);
    expect(isProof(proof)).toBe(true);
  });

  it('leaves nothing of the catalogue out', () => {
    expect(proof.coverage.missing).toEqual([]);
    expect(proof.coverage.tried).toBeGreaterThan(40_000);
  });

  it('has the matrix that the reference shows', async () => {
    const untilMutants = (text: string): string =>
      text.slice(text.indexOf('## Contexts')).split('## Mutants')[0] ?? '';
    expect(untilMutants(`${proofDocument(proof)}\n`).trim()).toBe(
      untilMutants(await readFile(DOCUMENT, 'utf8')).trim(),
    );
  });
});

import { formatContextKey } from '@agent-agency/db-core';
import { TEST_CONTEXT_KEY } from '@agent-agency/db-core/testing';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/environment.ts';
import { documentOf, run, type Outcome } from '../support/command-line.ts';

const database = testDatabase();

const service = (): Environment => ({
  DATABASE_URL: database.urlFor('agent_agency_app'),
  DB_CONTEXT_KEY: formatContextKey(TEST_CONTEXT_KEY),
});
const doctor = (env: Environment, ...argv: string[]): Promise<Outcome> => run(env, ['doctor', ...argv]);

async function codesOf(env: Environment): Promise<string[]> {
  const { findings } = documentOf(await doctor(env, '--json')) as { findings: { code: string }[] };
  return findings.map(({ code }) => code);
}

// PGlite has one login, an administrator's.
describe.runIf(database.kind !== 'pglite')('doctor', () => {
  it('finds no error in what a service works with', async () => {
    const outcome = await doctor(service(), '--json');
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    const { sound, findings } = documentOf(outcome) as { sound: boolean; findings: { severity: string }[] };
    expect(sound).toBe(true);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('says what is wrong and what to do, errors first, with exit code 1', async () => {
    await withSession(database.url, (session) =>
      session.query('alter table agent_profiles disable row level security'),
    );
    const { exitCode, stdout } = await doctor(service());
    await withSession(database.url, (session) =>
      session.query('alter table agent_profiles enable row level security'),
    );
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^1 error\n {2}RLS_OFF: [^\n]+\n {4}public\.agent_profiles: not enabled\n {4}→ [^\n]+\n {4}https:[^\n]+\n/,
    );
    expect(stdout).toMatch(/\n\d notes?\n {2}/);
    expect(await doctor(service())).toMatchObject({ exitCode: 0 });
  });

  it('judges the login as a service has it: an administrator’s is an error unless it is allowed', async () => {
    const env = { DATABASE_URL: database.url };
    const outcome = await doctor(env, '--json');
    expect(outcome.exitCode).toBe(1);
    expect(documentOf(outcome)).toMatchObject({
      sound: false,
      findings: expect.arrayContaining([
        expect.objectContaining({ code: 'PRIVILEGED_ROLE', severity: 'error' }),
      ]) as unknown,
    });
    expect(await doctor({ ...env, DB_ALLOW_PRIVILEGED_ROLE: 'true' })).toMatchObject({ exitCode: 0 });
  });

  it('examines the pool that the environment asks for', async () => {
    expect(await codesOf({ ...service(), DB_POOL_MAX: '1000' })).toContain('MAX_CONNECTIONS_TOO_LOW');
    expect(await codesOf({ ...service(), DB_POOL_MAX: '10' })).not.toContain('MAX_CONNECTIONS_TOO_LOW');
  });
});

import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { documentOf, run, type Outcome } from '../support/command-line.ts';

const database = testDatabase();
const agency = (...argv: string[]): Promise<Outcome> => run({ DATABASE_URL: database.url }, argv);
const shown = async (id: string) => documentOf(await agency('tenant', 'show', id, '--json'));

describe('tenant', () => {
  it('creates, shows, lists and changes tenants', async () => {
    await agency('tenant', 'create', 'acme', '--project', 'one');
    await expect(shown('acme')).resolves.toMatchObject({
      id: 'acme',
      projectId: 'one',
      isolationLevel: 'strict',
    });
    const changed = await agency('tenant', 'update', 'acme', '--isolation', 'shared', '--name', 'Acme Inc.');
    expect(changed).toMatchObject({ exitCode: 0, stdout: `${'acme'.padEnd(32)} shared     one\n` });
    await expect(shown('acme')).resolves.toMatchObject({ name: 'Acme Inc.', projectId: 'one' });
    expect((await agency('tenant', 'list')).stdout).toContain('acme ');
  });

  it('suspends and resumes one', async () => {
    await agency('tenant', 'create', 'resting');
    const suspended = await agency('tenant', 'suspend', 'resting', '--reason', 'unpaid');
    expect(suspended.stdout).toMatch(/^resting .* suspended since \d{4}-/);
    expect(await agency('search', 'x', '--tenant', 'resting')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/suspended.*resume/s) as string,
    });
    await agency('tenant', 'resume', 'resting');
    await expect(shown('resting')).resolves.not.toHaveProperty('suspendedAt');
    expect(await agency('search', 'x', '--tenant', 'resting')).toMatchObject({ exitCode: 0 });
  });

  it('says how much of the access logs it deleted', async () => {
    expect(await agency('tenant', 'purge-access-log')).toMatchObject({ stdout: 'deleted 0 old rows\n' });
    expect(documentOf(await agency('tenant', 'purge-access-log', '--json'))).toEqual({ purged: 0 });
  });

  it.each([
    [['show', 'nobody'], 'there is no tenant nobody'],
    [['update', 'nobody', '--name', 'x'], 'there is no tenant nobody'],
    [['update', 'nobody'], 'say what to change'],
    [['update', 'nobody', '--name', ''], 'name'],
    [['suspend', 'nobody'], '--reason'],
    [['resume', 'nobody'], 'there is no tenant nobody'],
  ])('refuses %j', async (argv, message) => {
    const { exitCode, stderr } = await agency('tenant', ...argv);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

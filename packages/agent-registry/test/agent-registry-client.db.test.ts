import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { formatContextKey } from '@agent-agency/db-core';
import { createTestTenants, TEST_CONTEXT_KEY } from '@agent-agency/db-core/testing';
import { describe, expect, it } from 'vitest';
import * as registry from '../src/index.ts';
import { agent, useRegistry } from './support/use-registry.ts';

const { app, newTenant } = useRegistry(1);
const { AgentRegistryClient } = registry;

describe('AgentRegistryClient', () => {
  it('runs each call in a transaction of its own', async () => {
    const tenantId = newTenant();
    const client = new AgentRegistryClient(app.manager).tenant({ tenantId });
    await client.registerAgent(agent('a', { capabilities: { languages: ['sql'] } }));
    await expect(client.queryAgents({ allOf: { languages: ['sql'] } })).resolves.toHaveLength(1);
    const readOnly = new AgentRegistryClient(app.manager).tenant({ tenantId }, { readOnly: true });
    await expect(readOnly.countAgents()).resolves.toBe(1);
    await expect(readOnly.recordPerformance([])).resolves.toEqual({ recorded: 0 });
    await expect(readOnly.registerAgent(agent('b'))).rejects.toThrow();
  });
});

describe('README', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

  it('has an example that runs', async () => {
    await createTestTenants(app.database, 'acme');
    const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@agent-agency/source', '--input-type=module-typescript', '--eval', example],
      {
        cwd: fileURLToPath(new URL('..', import.meta.url)),
        env: {
          DATABASE_URL: app.database.url,
          DB_ALLOW_PRIVILEGED_ROLE: 'true',
          DB_CONTEXT_KEY: formatContextKey(TEST_CONTEXT_KEY),
        },
      },
    );
    const expected = [...example.matchAll(/console\.log\(.*; \/\/ (.*)/g)].map(([, output]) => output);
    expect(stdout.trimEnd().split('\n')).toEqual(expected);
    expect(expected.length).toBeGreaterThan(2);
  });

  it('names only what there is', () => {
    const table = readme.slice(readme.indexOf('## What is in it'), readme.indexOf('## Names'));
    const names = [...table.matchAll(/`([a-z]\w+)`/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => /[A-Z]/.test(name) && !(name in registry))).toEqual([]);
  });
});

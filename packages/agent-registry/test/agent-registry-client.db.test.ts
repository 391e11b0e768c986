import { readFile } from 'node:fs/promises';
import { createTestTenants, runReadmeExample } from '@agent-agency/db-core/testing';
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
  const README = new URL('../README.md', import.meta.url);
  const readme = await readFile(README, 'utf8');

  it('has an example that runs', async () => {
    await createTestTenants(app.database, 'acme');
    const { printed, promised } = await runReadmeExample(README, {
      DATABASE_URL: app.database.urlFor('agent_agency_app'),
    });
    expect(printed).toEqual(promised);
    expect(promised.length).toBeGreaterThan(2);
  });

  it('names only what there is', () => {
    const table = readme.slice(readme.indexOf('## What is in it'), readme.indexOf('## Names'));
    const names = [...table.matchAll(/`([a-z]\w+)`/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => /[A-Z]/.test(name) && !(name in registry))).toEqual([]);
  });
});

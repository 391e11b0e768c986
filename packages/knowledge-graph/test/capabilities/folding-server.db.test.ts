import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { connect } from '@agent-agency/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { demonstrateCapabilities, listTopics } from '../../src/index.ts';
import { demonstration, registerAgents } from '../support/fixtures.ts';

const app = useApplication(testDatabase());

// Stands for a server whose locale or Unicode version finds more names equal than canonicalName() does.
beforeAll(async () => {
  const session = await connect(app.database.url);
  await session.query(`
    create or replace function normalize_entity_name(input_name text) returns text
    language sql immutable strict parallel safe
    return replace(lower(input_name), 'é', 'e')
  `);
  await session.close();
});

async function tenantWithAgent(): Promise<string> {
  const tenant = await app.newTenant();
  await app.inTenant(tenant, (tx) => registerAgents(tx, ['a']));
  return tenant;
}

describe('demonstrateCapabilities', () => {
  it('adds up what the database finds equal, under the name that was given', async () => {
    const tenant = await tenantWithAgent();
    const [cafe] = await app.inTenant(tenant, (tx) =>
      demonstrateCapabilities(tx, [demonstration({ name: 'Cafe' })]),
    );
    const [accented] = await app.inTenant(tenant, (tx) =>
      demonstrateCapabilities(tx, [demonstration({ name: 'Café' })]),
    );
    expect(accented).toEqual({ id: cafe?.id, agentId: 'a', canonicalName: 'café' });
  });
  it('refuses two names in one call that only the database finds equal', async () => {
    const tenant = await tenantWithAgent();
    await expect(
      app.inTenant(tenant, (tx) =>
        demonstrateCapabilities(tx, [demonstration({ name: 'Cafe' }), demonstration({ name: 'Café' })]),
      ),
    ).rejects.toMatchObject({
      name: 'GraphError',
      code: 'INVALID_INPUT',
      message: matching(/one canonical form/),
    });
  });
});

describe('listTopics', () => {
  it('finds a capability by each name that the database finds equal', async () => {
    const tenant = await tenantWithAgent();
    await app.inTenant(tenant, (tx) => demonstrateCapabilities(tx, [demonstration({ name: 'Café' })]));
    const keys = ['café', 'cafe'].map((canonicalName) => ({ agentId: 'a', canonicalName }));
    const topics = await app.inTenant(tenant, (tx) => listTopics(tx, keys));
    expect(topics.map((row) => row.canonicalName).toSorted()).toEqual(['cafe', 'café']);
  });
});

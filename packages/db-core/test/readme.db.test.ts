import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestTenants, runReadmeExample } from '../src/testing.ts';

const database = testDatabase();
beforeAll(() => createTestTenants(database, 'acme'));

describe('README', () => {
  it('has an example that runs', async () => {
    const { printed, promised } = await runReadmeExample(new URL('../README.md', import.meta.url), {
      DATABASE_URL: database.urlFor('agent_agency_app'),
    });
    expect(printed).toEqual(promised);
    expect(promised).toHaveLength(1);
  });
});

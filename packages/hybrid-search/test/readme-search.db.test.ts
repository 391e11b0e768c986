import { testDatabase } from '@agent-agency/testing/vitest';
import { readFile } from 'node:fs/promises';
import { createTestTenants, useApplication } from '@agent-agency/db-core/testing';
import { describe, expect, it } from 'vitest';
import { whoKnows } from './support/readme-search.ts';
import { seedAgents, seedCapabilities, seedGroups } from './support/seed.ts';

const app = useApplication(testDatabase());
const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

describe('README, of search', () => {
  it('shows the example as it is', async () => {
    const example = (await read('support/readme-search.ts')).replaceAll(/^export /gm, '');
    expect(await read('../README.md')).toContain(`\`\`\`ts\n${example}`);
  });
  it('says what the example answers', async () => {
    await createTestTenants(app.database, 'acme');
    await app.inTenant('acme', async (tx) => {
      await seedAgents(tx, ['Ada', 'Brin']);
      await seedCapabilities(tx, [{ agentId: 'ada', name: 'database migrations' }]);
      await seedGroups(tx, [['ada', 'brin']]);
    });
    const answer = await whoKnows(app.manager, 'migrate the database');
    expect(answer).toEqual(['database migrations: vector, lexical', 'Ada: graph', 'Brin: graph']);
    expect(await read('../README.md')).toContain(`// ['${answer.join(`', '`)}']`);
  });
});

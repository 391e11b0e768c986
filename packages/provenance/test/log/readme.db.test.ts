import { testDatabase } from '@agent-agency/testing/vitest';
import { readFile } from 'node:fs/promises';
import { createTestTenants, useApplication } from '@agent-agency/db-core/testing';
import { describe, expect, it } from 'vitest';
import { testSigner } from '../fixtures/chain.ts';
import { decide } from './support/readme-log.ts';

const app = useApplication(testDatabase());
const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

describe('README.md, of the log', () => {
  it('shows the example as it is', async () => {
    const example = (await read('support/readme-log.ts')).replaceAll(/^export /gm, '');
    expect(await read('../../README.md')).toContain(`\`\`\`ts\n${example}\`\`\``);
  });
  it('shows an example that runs', async () => {
    await createTestTenants(app.database, 'acme');
    expect(await decide(app.manager, testSigner)).toMatchObject({
      valid: true,
      checked: 1,
      head: { seq: 1 },
    });
  });
});

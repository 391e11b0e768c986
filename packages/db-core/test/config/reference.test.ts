import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { configurationReference } from '../../scripts/configuration-reference.ts';

describe('docs/reference/configuration.md', () => {
  it('is what the settings say: `pnpm run generate-configuration` writes it', async () => {
    const page = new URL('../../../../docs/reference/configuration.md', import.meta.url);
    expect(await readFile(page, 'utf8')).toBe(configurationReference());
  });
});

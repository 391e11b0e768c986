import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findInitialisedDump, keepInitialisedDump } from '../src/initialised-dump.ts';
import { createFolder } from './support/folder.ts';

const textOf = async (cache: string): Promise<string | undefined> =>
  (await findInitialisedDump(cache))?.text();

describe('keepInitialisedDump', () => {
  it('keeps the first of several, whole, and nothing beside it', async () => {
    const cache = join(await createFolder(), 'new');
    expect(await textOf(cache)).toBeUndefined();
    const dumps = ['one', 'two', 'three'].map((text) => text.repeat(100_000));
    await Promise.all(dumps.map((dump) => keepInitialisedDump(new Blob([dump]), cache)));
    const kept = await textOf(cache);
    expect(dumps).toContain(kept);
    await keepInitialisedDump(new Blob(['later']), cache);
    expect(await textOf(cache)).toBe(kept);
    expect(await readdir(cache)).toEqual([expect.stringMatching(/^initialised-pglite-\d+\.\d+\.\d+\.tar$/)]);
  });

  it('does without a cache where there can be none', async () => {
    const cache = join(await createFolder(), 'file');
    await writeFile(cache, '');
    await keepInitialisedDump(new Blob(['one']), cache);
    expect(await findInitialisedDump(cache)).toBeUndefined();
  });
});

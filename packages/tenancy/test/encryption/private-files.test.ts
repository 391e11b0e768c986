import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPrivateFile } from '../../src/encryption/private-files.ts';
import { useFolders } from './support/encrypted-tenants.ts';

const folders = useFolders();

describe('createPrivateFile', () => {
  it('never replaces a file that is there, and leaves no draft', async () => {
    const folder = await folders.newFolder();
    expect(await createPrivateFile(folder, 'key', Buffer.from('first'))).toBe(true);
    expect(await createPrivateFile(folder, 'key', Buffer.from('second'))).toBe(false);
    expect(await readFile(join(folder, 'key'), 'utf8')).toBe('first');
    expect(await readdir(folder)).toEqual(['key']);
  });

  it('makes one of several that want the name at the same moment', async () => {
    const folder = await folders.newFolder();
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, at) => createPrivateFile(folder, 'key', Buffer.from(String(at)))),
    );
    expect(made.filter((isMade) => isMade)).toHaveLength(1);
    expect(await readFile(join(folder, 'key'), 'utf8')).toBe(String(made.indexOf(true)));
  });
});

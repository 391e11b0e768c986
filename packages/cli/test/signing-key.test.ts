import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { defaultKeyFile, openSigner } from '../src/signing-key.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const folder = temporaryFolder();

describe('defaultKeyFile', () => {
  it('lies in XDG_CONFIG_HOME, a file a tenant', () => {
    expect(defaultKeyFile('a:b', { XDG_CONFIG_HOME: '/x' })).toBe('/x/agent-agency/signing-keys/a%3Ab.pem');
  });

  it.each([undefined, '', 'relative'])('lies in ~/.config when XDG_CONFIG_HOME is %o', (value) => {
    const file = defaultKeyFile('a', { XDG_CONFIG_HOME: value, HOME: '/srv/ada' });
    expect(file).toBe('/srv/ada/.config/agent-agency/signing-keys/a.pem');
  });
});

describe('openSigner', () => {
  it('makes a key that only its owner reads, and opens it the next time', async () => {
    const file = join(folder.path, 'made', 'here', 'key.pem');
    const made = await openSigner(file);
    expect(made.madeKeyId).toBe(made.signer.keyId);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(file, '..'))).toEqual(['key.pem']);
    const opened = await openSigner(file);
    expect(opened.signer.keyId).toBe(made.signer.keyId);
    expect(opened.madeKeyId).toBeUndefined();
  });

  it('gives all of several that make it at once the same key', async () => {
    const file = join(folder.path, 'race.pem');
    const opened = await Promise.all(Array.from({ length: 20 }, () => openSigner(file)));
    expect(new Set(opened.map(({ signer }) => signer.keyId)).size).toBe(1);
    expect(opened.filter(({ madeKeyId }) => madeKeyId !== undefined)).toHaveLength(1);
  });

  it.each([
    ['nothing', ''],
    ['something else', 'hello'],
    [
      'another kind of key',
      generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
  ])('refuses a file that holds %s, and leaves it as it is', async (_what, content) => {
    const file = join(folder.path, 'wrong.pem');
    await writeFile(file, content);
    await expect(openSigner(file)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining('wrong.pem holds no private ed25519 key') as string,
    });
    expect(await readFile(file, 'utf8')).toBe(content);
  });

  it('refuses a folder', async () => {
    await expect(openSigner(folder.path)).rejects.toThrow(/cannot be read or made \(EISDIR\).*--signing-key/);
  });

  it('refuses a file below a file, and a name that is too long', async () => {
    await writeFile(join(folder.path, 'file'), '');
    await expect(openSigner(join(folder.path, 'file', 'key.pem'))).rejects.toThrow(/\(ENOTDIR\)/);
    await expect(openSigner(join(folder.path, 'x'.repeat(300)))).rejects.toThrow(/\(ENAMETOOLONG\)/);
  });
});

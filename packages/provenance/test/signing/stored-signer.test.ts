import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEnvironmentSigner,
  createFileSigner,
  generateSigningKey,
  type Signer,
  signHash,
} from '../../src/index.ts';
import { verifySignature } from '../../src/verify.ts';
import { expectCode } from '../fixtures/expect-code.ts';

const { privateKeyPem, publicKey, keyId } = generateSigningKey();
const hash = 'ab'.repeat(32);

async function expectSigner(signer: Signer): Promise<void> {
  expect(signer.keyId).toBe(keyId);
  expect(verifySignature(hash, await signHash(hash, signer), publicKey)).toBe(true);
}

describe('createFileSigner', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provenance-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('signs with the key in the file', async () => {
    const path = join(folder, 'key.pem');
    await writeFile(path, privateKeyPem);
    await expectSigner(await createFileSigner(path));
  });

  it('refuses a file that has no key, and says nothing of what it has', async () => {
    const path = join(folder, 'notes.txt');
    await writeFile(path, 'my secret');
    const error: unknown = await createFileSigner(path).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'KEY_INVALID' });
    expect(String(error)).not.toContain('secret');
    await expect(createFileSigner(join(folder, 'none'))).rejects.toHaveProperty('code', 'ENOENT');
  });
});

describe('createEnvironmentSigner', () => {
  it('signs with the key in the variable, in one line or several', async () => {
    for (const pem of [privateKeyPem, privateKeyPem.replaceAll('\n', '\\n')])
      await expectSigner(createEnvironmentSigner('KEY', { KEY: pem }));
  });

  it('refuses a variable that is not set, or has something else', () => {
    expectCode('KEY_INVALID', () => createEnvironmentSigner('KEY', {}));
    expectCode('KEY_INVALID', () => createEnvironmentSigner('KEY', { KEY: publicKey.toString() }));
  });
});

import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { createSigner, generateSigningKey, ProvenanceError, type Signer } from '@agent-agency/provenance';
import { setting, type Environment } from './environment.ts';
import { isSystemError, UsageError } from './failure.ts';

/** Where a tenant's private key is kept unless `--signing-key` names a file. */
export function defaultKeyFile(tenantId: string, env: Environment): string {
  const configured = setting(env, 'XDG_CONFIG_HOME');
  // As the XDG specification says, a relative path is ignored: it would name another place in every folder.
  const config =
    configured !== undefined && isAbsolute(configured)
      ? configured
      : join(setting(env, 'HOME') ?? homedir(), '.config');
  // A tenant id may contain a colon, which some file systems do not take.
  return join(config, 'agent-agency', 'signing-keys', `${encodeURIComponent(tenantId)}.pem`);
}

/** A signer, and the id of its key if its file was made just now. */
export interface OpenedSigner {
  readonly signer: Signer;
  readonly madeKeyId?: string;
}

/**
 * The signer of a key file; a file that is not there yet is made, readable by its owner only.
 *
 * @throws {UsageError} when the file cannot be read or made, or holds something else.
 */
export async function openSigner(file: string): Promise<OpenedSigner> {
  try {
    const known = await readIfThere(file);
    if (known !== undefined) return { signer: createSigner(known) };
    const { privateKeyPem, keyId } = generateSigningKey();
    if (await createFile(file, privateKeyPem))
      return { signer: createSigner(privateKeyPem), madeKeyId: keyId };
    // Somebody made it in this moment: theirs counts.
    return { signer: createSigner(await readFile(file, 'utf8')) };
  } catch (error) {
    throw usageErrorOf(error, file);
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes a file with all its content at once; false when there is one already. */
async function createFile(file: string, content: string): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = join(dirname(file), `.${randomBytes(6).toString('hex')}.pem`);
  try {
    await writeFile(draft, content, { mode: 0o600, flag: 'wx' });
    // Unlike renaming, linking does not replace a file that is there.
    await link(draft, file);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function usageErrorOf(error: unknown, file: string): unknown {
  if (error instanceof ProvenanceError && error.code === 'KEY_INVALID') {
    const remedy = 'name another with --signing-key, or move it away and a new one is made';
    return new UsageError(`${file} holds no private ed25519 key as unencrypted PEM: ${remedy}`, {
      cause: error,
    });
  }
  if (!isSystemError(error)) return error;
  const problem = `the signing key ${file} cannot be read or made (${error.code ?? error.message})`;
  return new UsageError(`${problem}: name another file with --signing-key`, { cause: error });
}

import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, mkdir, open, rm, writeFile } from 'node:fs/promises';
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
 * @throws {UsageError} when the file cannot be read or made, holds something else, or others may read it.
 */
export async function openSigner(file: string): Promise<OpenedSigner> {
  try {
    const known = await readIfThere(file);
    if (known !== undefined) return { signer: known };
    const { privateKeyPem, keyId } = generateSigningKey();
    if (await createFile(file, privateKeyPem))
      return { signer: createSigner(privateKeyPem), madeKeyId: keyId };
    // Somebody made it in this moment: theirs counts.
    return { signer: await readSigner(file) };
  } catch (error) {
    throw usageErrorOf(error, file);
  }
}

/**
 * The signer of a key file that has to be there: for what is worth nothing when signed by a key that nobody knows.
 *
 * @throws as {@link openSigner}, and when there is no such file.
 */
export async function openExistingSigner(file: string): Promise<Signer> {
  try {
    const signer = await readIfThere(file);
    if (signer !== undefined) return signer;
  } catch (error) {
    throw usageErrorOf(error, file);
  }
  const remedy =
    'name the file with --signing-key; what is recorded in the log first (`ingest`, `import-caws`) makes one';
  throw new UsageError(`there is no signing key ${file}: ${remedy}`);
}

async function readIfThere(file: string): Promise<Signer | undefined> {
  try {
    return await readSigner(file);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readSigner(file: string): Promise<Signer> {
  const handle = await open(file);
  try {
    const signer = createSigner(await handle.readFile('utf8'));
    requirePrivate(file, await handle.stat());
    return signer;
  } finally {
    await handle.close();
  }
}

/** A key that root hands out may be readable by a group, as a mounted secret is; otherwise it is its owner's alone. */
function requirePrivate(file: string, { mode, uid }: Stats): void {
  // Windows has no such modes and shows every file as readable by all.
  if (process.platform === 'win32') return;
  const isHandedOut = uid === 0 && process.getuid?.() !== 0;
  if ((mode & (isHandedOut ? 0o037 : 0o077)) === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  throw new UsageError(
    `others may read the private key ${file} (mode ${shown}): chmod 600 it, and rotate it if somebody may have`,
  );
}

/** Makes a file with all its content at once; false when there is one already. */
async function createFile(file: string, content: string): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = join(dirname(file), `.${randomBytes(6).toString('hex')}.pem`);
  try {
    // On the disk before anything is signed with it.
    await writeFile(draft, content, { mode: 0o600, flag: 'wx', flush: true });
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

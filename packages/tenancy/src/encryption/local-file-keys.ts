import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isDataLayerError } from '@agent-agency/db-core';
import { TenancyError } from '../errors.ts';
import { associatedData } from './associated-data.ts';
import {
  assertPrivateFolder,
  createPrivateFile,
  errnoOf,
  listNames,
  makePrivateFolder,
  readPrivateFile,
  shredFile,
  syncFolder,
} from './private-files.ts';
import type { DataKeyName, KeyEncryptionKeys, WrappedKey } from './key-encryption-keys.ts';
import { decrypt, encrypt, KEY_BYTES, NONCE_BYTES } from './xaes-256-gcm.ts';

const FORMAT = 'agent-agency.kek.v1';
const DOMAIN = 'agent-agency.wrapped-key.v1';

/** A key-encryption-key out of its file. */
interface Kek {
  readonly id: string;
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** {@link KeyEncryptionKeys} in files, with what only files need. */
export interface LocalFileKeys extends KeyEncryptionKeys {
  /** Makes a newer key for the tenant, which wraps from now on. The older ones go on to unwrap. */
  rotate(tenantId: string): Promise<void>;
  /** Destroys all keys of the tenant but the newest. What they wrapped has to be wrapped again before. */
  destroyOlder(tenantId: string): Promise<void>;
}

/**
 * Key-encryption-keys in a folder that only this user may enter, each in a file of its own that is never changed. For one
 * machine, or a folder that several mount; back it up apart from the database.
 *
 * A file is on the disk before its key wraps anything. To destroy a key is to overwrite its file, to remove it, and to
 * bring both to the disk; copies that the file system, the drive or a backup of the folder made are beyond reach.
 *
 * @throws what the methods reject with: {@link KeyEncryptionKeys}; `KEY_UNAVAILABLE` also when the folder or a file can be
 *   read by others.
 */
export function createLocalFileKeys(folder: string): LocalFileKeys {
  const inFolder = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      await makePrivateFolder(folder);
      await assertPrivateFolder(folder);
      return await work();
    } catch (error) {
      if (isDataLayerError(error)) throw error;
      const problem = `the folder of key-encryption-keys ${folder} cannot be used (${errnoOf(error) ?? 'see the cause'})`;
      throw new TenancyError('KEY_UNAVAILABLE', problem, { cause: error });
    }
  };
  return {
    wrap: (name, dataKey) =>
      inFolder(async () => wrapWith(await newestKek(folder, name.tenantId), name, dataKey)),
    unwrap: (name, wrapped) =>
      inFolder(async () => unwrapWith(await kekOf(folder, name, wrapped), name, wrapped)),
    destroy: (tenantId) => inFolder(() => shred(folder, tenantId, () => true)),
    rotate: (tenantId) =>
      inFolder(async () => {
        const [number = 0] = await numbersOf(folder, tenantId);
        await createKek(folder, tenantId, number + 1);
      }),
    destroyOlder: (tenantId) =>
      inFolder(async () => {
        const [newest = 0] = await numbersOf(folder, tenantId);
        await shred(folder, tenantId, (number) => number < newest);
      }),
  };
}

function wrapWith(kek: Kek, name: DataKeyName, dataKey: Uint8Array): WrappedKey {
  try {
    const nonce = randomBytes(NONCE_BYTES);
    const ciphertext = encrypt(kek.bytes, dataKey, { nonce, associatedData: bindingOf(name, kek.id) });
    return { kekId: kek.id, wrapped: Buffer.concat([nonce, ciphertext]) };
  } finally {
    kek.bytes.fill(0);
  }
}

function unwrapWith(kek: Kek, name: DataKeyName, { wrapped }: WrappedKey): Uint8Array {
  try {
    const nonce = wrapped.subarray(0, NONCE_BYTES);
    const dataKey =
      nonce.length === NONCE_BYTES
        ? decrypt(kek.bytes, wrapped.subarray(NONCE_BYTES), {
            nonce,
            associatedData: bindingOf(name, kek.id),
          })
        : undefined;
    if (dataKey !== undefined) return dataKey;
    throw new TenancyError('VALUE_UNREADABLE', `the wrapped key ${name.keyId} was changed, or is another's`);
  } finally {
    kek.bytes.fill(0);
  }
}

const bindingOf = ({ tenantId, keyId }: DataKeyName, kekId: string): Buffer =>
  associatedData(DOMAIN, tenantId, keyId, kekId);

/** The tenant's newest key. Of several that make its first, one wins, and all take that. */
async function newestKek(folder: string, tenantId: string): Promise<Kek> {
  const [number] = await numbersOf(folder, tenantId);
  if (number === undefined) await createKek(folder, tenantId, 1);
  const kek = await readKek(folder, tenantId, number ?? 1);
  if (kek !== undefined) return kek;
  throw new TenancyError('KEY_UNAVAILABLE', `the keys of ${tenantId} are being destroyed at this moment`, {
    retryable: true,
  });
}

/** @throws {TenancyError} `KEY_DESTROYED` when its file is gone. */
async function kekOf(folder: string, name: DataKeyName, { kekId }: WrappedKey): Promise<Kek> {
  const number = Number(/^file:(\d+):/.exec(kekId)?.[1]);
  const kek = Number.isSafeInteger(number) ? await readKek(folder, name.tenantId, number) : undefined;
  if (kek?.id === kekId) return kek;
  kek?.bytes.fill(0);
  throw new TenancyError(
    'KEY_DESTROYED',
    `the key-encryption-key ${kekId} of ${name.tenantId} is not in ${folder}: it was destroyed, or lies elsewhere`,
  );
}

/** Numbers of the tenant's keys, newest first. */
async function numbersOf(folder: string, tenantId: string): Promise<number[]> {
  const prefix = `${fileStem(tenantId)}.`;
  const names = await listNames(folder);
  return names
    .filter((name) => name.startsWith(prefix) && /^\d+\.kek$/.test(name.slice(prefix.length)))
    .map((name) => Number.parseInt(name.slice(prefix.length), 10))
    .sort((one, other) => other - one);
}

/** Does nothing when there is one of that number. */
async function createKek(folder: string, tenantId: string, number: number): Promise<void> {
  const bytes = randomBytes(KEY_BYTES);
  const content = Buffer.from(
    `${JSON.stringify({ format: FORMAT, tenantId, number, key: bytes.toString('base64') })}\n`,
  );
  try {
    await createPrivateFile(folder, fileName(tenantId, number), content);
  } finally {
    bytes.fill(0);
    content.fill(0);
  }
}

async function readKek(folder: string, tenantId: string, number: number): Promise<Kek | undefined> {
  const file = join(folder, fileName(tenantId, number));
  const content = await readPrivateFile(file);
  if (content === undefined) return undefined;
  const bytes = parseKek(content, tenantId, number);
  content.fill(0);
  if (bytes === undefined) {
    throw new TenancyError('KEY_UNAVAILABLE', `${file} is not a key-encryption-key of ${tenantId}`);
  }
  // Tells a key from another that had its number before.
  const fingerprint = createHash('sha256').update(FORMAT).update(bytes).digest('hex').slice(0, 16);
  return { id: `file:${number}:${fingerprint}`, number, bytes };
}

function parseKek(content: Buffer, tenantId: string, number: number): Uint8Array | undefined {
  try {
    const parsed = JSON.parse(content.toString()) as Partial<Record<string, unknown>> | null;
    const { format, tenantId: owner, number: place, key } = parsed ?? {};
    if (format !== FORMAT || owner !== tenantId || place !== number) return undefined;
    const bytes = typeof key === 'string' ? Buffer.from(key, 'base64') : undefined;
    return bytes?.length === KEY_BYTES ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Oldest first: what is left when this is interrupted is what new wrapping uses. */
async function shred(folder: string, tenantId: string, isDoomed: (number: number) => boolean): Promise<void> {
  const numbers = await numbersOf(folder, tenantId);
  for (const number of numbers.toReversed().filter(isDoomed)) {
    await shredFile(join(folder, fileName(tenantId, number)));
  }
  await syncFolder(folder);
}

/** A tenant id may have a colon, 255 letters, and differ from another in upper case only. */
const fileStem = (tenantId: string): string => createHash('sha256').update(tenantId).digest('hex');

const fileName = (tenantId: string, number: number): string => `${fileStem(tenantId)}.${number}.kek`;

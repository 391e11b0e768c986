import { link, rename } from 'node:fs/promises';
import { isSystemError } from '../failure.ts';

/** Where the next key of a log is kept until the log has it. */
export function nextKeyFile(file: string): string {
  return `${file}.next`;
}

/**
 * Puts the next key where the old one was, and keeps that beside it. Whoever is interrupted does it again.
 *
 * @returns where the old key is now
 */
export async function replaceKeyFile(file: string, oldKeyId: string): Promise<string> {
  const kept = `${file}.${oldKeyId.replace(/^ed25519:/, '').slice(0, 8)}`;
  await link(file, kept).catch((error: unknown) => {
    if (!isSystemError(error) || error.code !== 'EEXIST') throw error;
  });
  await rename(nextKeyFile(file), file);
  return kept;
}

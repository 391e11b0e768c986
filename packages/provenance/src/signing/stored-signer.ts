import { readFile } from 'node:fs/promises';
import { env } from 'node:process';
import { ProvenanceError } from '../errors.ts';
import type { Signer } from './signature.ts';
import { createSigner } from './signer.ts';

/**
 * A signer whose private key stands in a file, as unencrypted PEM.
 *
 * @throws ProvenanceError `KEY_INVALID` for a file that has none; what reading the file throws
 * @example
 * const signer = await createFileSigner('/run/secrets/acme.pem');
 */
export async function createFileSigner(path: string): Promise<Signer> {
  return createSigner(await readFile(path, 'utf8'));
}

/**
 * A signer whose private key stands in an environment variable: as PEM, also in one line with `\n` for its line breaks.
 *
 * @throws ProvenanceError `KEY_INVALID` when it is not set, or no private key
 * @example
 * const signer = createEnvironmentSigner('ACME_SIGNING_KEY');
 */
export function createEnvironmentSigner(
  name: string,
  environment: Readonly<Record<string, string | undefined>> = env,
): Signer {
  const pem = environment[name];
  if (pem === undefined)
    throw new ProvenanceError('KEY_INVALID', `${name} is not set.`, { details: { name } });
  return createSigner(pem.replaceAll('\\n', '\n'));
}

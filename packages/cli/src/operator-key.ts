import { dirname, join } from 'node:path';
import type { CommandContext } from './command-context.ts';
import { defaultKeyFile, openSigner, type OpenedSigner } from './signing-key.ts';

/** Where the key is kept that an operator signs exports and receipts with, unless `--signing-key` names a file. */
export function operatorKeyFile(env: CommandContext['env']): string {
  return join(dirname(dirname(defaultKeyFile('any', env))), 'operator-key.pem');
}

/**
 * The operator's signer; its key is made when it is not there yet.
 *
 * @throws {UsageError} when the file cannot be read or made, or holds something else.
 */
export async function openOperatorSigner(
  { terminal, env }: CommandContext,
  named: string | undefined,
): Promise<OpenedSigner['signer']> {
  const file = named ?? operatorKeyFile(env);
  const { signer, madeKeyId } = await openSigner(file);
  if (madeKeyId !== undefined) terminal.note(`made operator key ${madeKeyId}: ${file}`);
  return signer;
}

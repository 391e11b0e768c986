import type { TenantTransaction } from '@agent-agency/db-core';
import { readKeyRing, rotateSigningKey, type Signer } from '@agent-agency/provenance';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { databaseConfig, withManager } from '../database.ts';
import { explainRefusals } from '../provenance/key-refusal.ts';
import { nextKeyFile, replaceKeyFile } from '../provenance/replaced-key-file.ts';
import type { SigningOptions } from '../provenance/tenant-signer.ts';
import { defaultKeyFile, openExistingSigner } from '../signing-key.ts';
import { openNewKey } from './provenance-key-admit.ts';

export interface KeyRotateOptions extends SigningOptions {
  readonly newKey?: string;
}

/**
 * `agency-db provenance key rotate --tenant <id>`
 *
 * The new key is on the disk before the log names it, and comes to the old one's place afterwards: whoever is interrupted
 * between runs it again.
 */
export async function provenanceKeyRotateCommand(
  { terminal, env }: CommandContext,
  options: KeyRotateOptions,
): Promise<void> {
  const { tenant: tenantId, newKey } = options;
  const config = databaseConfig(env);
  const oldFile = options.signingKey ?? defaultKeyFile(tenantId, env);
  const from = await openExistingSigner(oldFile);
  const to = await withManager(config, async (manager) => {
    await manager.withTenant({ tenantId }, getOwnTenant, { readOnly: true });
    const signer = await openNewKey(newKey ?? nextKeyFile(oldFile), from);
    await explainRefusals(manager.withTenant({ tenantId }, (tx) => rotateOnce(tx, { from, to: signer })));
    return signer;
  });
  const kept = newKey === undefined ? await replaceKeyFile(oldFile, from.keyId) : oldFile;
  const file = newKey ?? oldFile;
  terminal.print(`from now on key ${to.keyId} signs: ${file}`);
  terminal.print(`key ${from.keyId} has signed what it has, and signs no more: ${kept}`);
  terminal.printJson({
    tenant: tenantId,
    keyId: to.keyId,
    file,
    replaced: { keyId: from.keyId, file: kept },
  });
}

interface Rotation {
  readonly from: Signer;
  readonly to: Signer;
}

async function rotateOnce(tx: TenantTransaction, { from, to }: Rotation): Promise<void> {
  const states = new Map((await readKeyRing(tx)).list().map((state) => [state.keyId, state]));
  const isAdmitted = states.get(to.keyId)?.admittedAt !== undefined;
  const isReplaced = states.get(from.keyId)?.validThrough !== undefined;
  // Done by a run that was interrupted afterwards.
  if (isAdmitted && isReplaced) return;
  await rotateSigningKey(tx, { from, to, createdAt: new Date() });
}

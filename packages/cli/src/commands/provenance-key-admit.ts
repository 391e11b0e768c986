import { admitSigningKey, type KeyPurpose, type Signer } from '@agent-agency/provenance';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { databaseConfig, withManager } from '../database.ts';
import { UsageError } from '../failure.ts';
import { explainRefusals } from '../provenance/key-refusal.ts';
import type { SigningOptions } from '../provenance/tenant-signer.ts';
import { defaultKeyFile, openExistingSigner, openSigner } from '../signing-key.ts';

export interface KeyAdmitOptions extends SigningOptions {
  readonly newKey: string;
  readonly purpose?: readonly KeyPurpose[];
  readonly validFrom?: Date;
  readonly validUntil?: Date;
}

/** `agency-db provenance key admit --tenant <id> --new-key <file>` */
export async function provenanceKeyAdmitCommand(
  { terminal, env }: CommandContext,
  options: KeyAdmitOptions,
): Promise<void> {
  const { tenant: tenantId, newKey, purpose: purposes, validFrom, validUntil } = options;
  const config = databaseConfig(env);
  const authority = await openExistingSigner(options.signingKey ?? defaultKeyFile(tenantId, env));
  const { key, entry } = await withManager(config, async (manager) => {
    await manager.withTenant({ tenantId }, getOwnTenant, { readOnly: true });
    const signer = await openNewKey(newKey, authority);
    const terms = { purposes, validFrom, validUntil, createdAt: new Date() };
    const node = await explainRefusals(
      manager.withTenant({ tenantId }, (tx) =>
        admitSigningKey(tx, { key: signer, authorities: [authority], ...terms }, authority),
      ),
    );
    return { key: signer, entry: node };
  });
  terminal.print(`admitted key ${key.keyId} with number ${String(entry.seq)} of the log: ${newKey}`);
  terminal.printJson({ tenant: tenantId, keyId: key.keyId, file: newKey, seq: entry.seq, id: entry.id });
}

/** A key that is to sign, from another file than the one that signs now; it is made when it is not there yet. */
export async function openNewKey(file: string, current: Signer): Promise<Signer> {
  const { signer } = await openSigner(file);
  if (signer.keyId !== current.keyId) return signer;
  throw new UsageError(`${file} holds the key that signs now: name another file with --new-key`);
}

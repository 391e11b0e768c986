import { revokeSigningKey } from '@agent-agency/provenance';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { databaseConfig, withManager } from '../database.ts';
import { UsageError } from '../failure.ts';
import { explainRefusals } from '../provenance/key-refusal.ts';
import type { SigningOptions } from '../provenance/tenant-signer.ts';
import { defaultKeyFile, openExistingSigner } from '../signing-key.ts';

export interface KeyRevokeOptions extends SigningOptions {
  readonly reason: string;
  readonly fromSeq?: number;
  readonly yes?: true;
}

/** `agency-db provenance key revoke <key> --tenant <id> --reason <text> --yes` */
export async function provenanceKeyRevokeCommand(
  { terminal, env }: CommandContext,
  keyId: string,
  options: KeyRevokeOptions,
): Promise<void> {
  const { tenant: tenantId, reason, fromSeq, yes } = options;
  if (yes !== true)
    throw new UsageError(`what key ${keyId} signed is not believed any more, for good: add --yes`);
  const config = databaseConfig(env);
  const signer = await openExistingSigner(options.signingKey ?? defaultKeyFile(tenantId, env));
  if (signer.keyId === keyId && fromSeq !== undefined)
    throw new UsageError(
      'a key that takes back what it signed takes back this entry, too: sign with another (--signing-key, `key admit`)',
    );
  const revocation = { keyId, reason, fromSeq, authorities: [signer], createdAt: new Date() };
  const { seq, id } = await withManager(config, (manager) =>
    explainRefusals(
      manager.withTenant({ tenantId }, async (tx) => {
        await getOwnTenant(tx);
        return revokeSigningKey(tx, revocation, signer);
      }),
    ),
  );
  const from = fromSeq ?? seq + 1;
  terminal.print(
    `revoked key ${keyId} from number ${String(from)} of the log on, with number ${String(seq)}`,
  );
  terminal.printJson({ tenant: tenantId, keyId, fromSeq: from, seq, id });
}

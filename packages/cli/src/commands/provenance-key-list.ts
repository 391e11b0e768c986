import { keyPurposes, type KeyState, readKeyRing } from '@agent-agency/provenance';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { databaseConfig, withManager } from '../database.ts';
import { isoOfMicros } from '../provenance/instants.ts';

/** `agency-db provenance key list --tenant <id>` */
export async function provenanceKeyListCommand(
  { terminal, env }: CommandContext,
  { tenant }: { readonly tenant: string },
): Promise<void> {
  const keys = await withManager(databaseConfig(env), (manager) =>
    manager.withTenant(
      { tenantId: tenant },
      async (tx) => {
        await getOwnTenant(tx);
        return (await readKeyRing(tx)).list();
      },
      { readOnly: true },
    ),
  );
  if (keys.length === 0) terminal.print('the log has no keys: nothing has been signed');
  for (const key of keys) terminal.print(describe(key));
  terminal.printJson({ tenant, keys: keys.map(jsonOf) });
}

function describe(key: KeyState): string {
  const { keyId, purposes = keyPurposes, validFromMicros, validUntilMicros } = key;
  const { admittedAt, validThrough, revokedFrom } = key;
  return [
    keyId,
    ` signs ${purposes.join(', ')}`,
    admittedAt === undefined ? '' : `; admitted by number ${String(admittedAt)}`,
    validFromMicros === undefined ? '' : `; from ${isoOfMicros(validFromMicros)}`,
    validUntilMicros === undefined ? '' : `; until ${isoOfMicros(validUntilMicros)}`,
    validThrough === undefined ? '' : `; replaced, not valid behind number ${String(validThrough)}`,
    revokedFrom === undefined ? '' : `; revoked from number ${String(revokedFrom)} on`,
  ].join('');
}

function jsonOf(key: KeyState): unknown {
  const { validFromMicros, validUntilMicros, purposes = keyPurposes, ...rest } = key;
  return {
    ...rest,
    purposes,
    ...(validFromMicros !== undefined && { validFrom: isoOfMicros(validFromMicros) }),
    ...(validUntilMicros !== undefined && { validUntil: isoOfMicros(validUntilMicros) }),
  };
}

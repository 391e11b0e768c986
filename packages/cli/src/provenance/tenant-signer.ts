import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { type KeyPurpose, readHead, readKeyRing, type Signer } from '@agent-agency/provenance';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../failure.ts';
import { defaultKeyFile, openExistingSigner, openSigner, type OpenedSigner } from '../signing-key.ts';

/** Whose log, and with which key. */
export interface SigningOptions {
  readonly tenant: string;
  readonly signingKey?: string;
}

/** What is to be signed, and by whom. */
export interface SigningOrder extends SigningOptions {
  readonly purpose: KeyPurpose;
}

/**
 * The tenant's signer. A key for nodes is made when it is not there yet and the tenant is: it becomes known by what it signs.
 *
 * @throws {UsageError} when the file cannot be read or made, holds something else, or a key that may not sign that any more:
 *   whoever verifies would not believe it.
 */
export async function openTenantSigner(
  { terminal, env }: CommandContext,
  manager: ConnectionPoolManager,
  { tenant: tenantId, signingKey, purpose }: SigningOrder,
): Promise<Signer> {
  const { ring, seq } = await manager.withTenant(
    { tenantId },
    async (tx) => {
      // A key for a tenant that is not there would stay behind.
      await getOwnTenant(tx);
      return { ring: await readKeyRing(tx), seq: (await readHead(tx)).seq + 1 };
    },
    { readOnly: true },
  );
  const file = signingKey ?? defaultKeyFile(tenantId, env);
  const { signer, madeKeyId }: OpenedSigner =
    purpose === 'nodes' ? await openSigner(file) : { signer: await openExistingSigner(file) };
  if (madeKeyId !== undefined) terminal.note(`made signing key ${madeKeyId} of tenant ${tenantId}: ${file}`);
  const fault = ring.faultOf(signer.keyId, { purpose, seq, atMicros: BigInt(Date.now()) * 1000n });
  if (fault === undefined || fault === 'unknown-key') return signer;
  throw new UsageError(
    `key ${signer.keyId} in ${file} may not sign ${purpose} (${fault}): name another with --signing-key`,
  );
}

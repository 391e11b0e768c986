import { findOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput, TenancyError } from '../errors.ts';
import { federated } from './refusals.ts';

const PublicKey = z.custom<Uint8Array>(
  (key) => key instanceof Uint8Array && key.length === 32,
  'must have 32 bytes',
);

/** How a tenant takes part: by noise on figures over many, or by sharing secrets, which needs a key. */
export const FederationInput = z.discriminatedUnion('privacyLevel', [
  z.strictObject({ privacyLevel: z.literal('differential'), publicKey: PublicKey.optional() }),
  z.strictObject({ privacyLevel: z.literal('secure'), publicKey: PublicKey }),
]);
export type FederationInput = z.input<typeof FederationInput>;

export interface Participation {
  readonly privacyLevel: 'differential' | 'secure';
  /** X25519 key that others seal its shares with. */
  readonly publicKey: Uint8Array | undefined;
  readonly isActive: boolean;
  /** 0 to 1; operators set it. */
  readonly reputation: number;
  readonly totalContributions: number;
  readonly lastContributionAt: Date | undefined;
}

/**
 * The tenant takes part in learning with others from now on; again, to change how. Its level holds for sessions that it
 * joins later: a `secure` one is let into secure sessions only, and a `differential` one into no secure one.
 *
 * It is no consent yet: a tenant learns with another one only while both are `federated`, both allow learning across
 * tenants, and each one's `allowed_tenant_groups` has the other's project. That is asked for anew at every step.
 *
 * @throws {TenancyError} `INVALID_INPUT`; `NOT_FEDERATED` when its own settings do not let it learn with anybody.
 * @example
 * await joinFederation(tx, { privacyLevel: 'differential' });
 */
export async function joinFederation(tx: TenantTransaction, input: FederationInput): Promise<Participation> {
  const { privacyLevel, publicKey } = parseInput(FederationInput, input, 'taking part in the federation');
  await refuseUnlessFederated(tx);
  await federated(
    sql`
      insert into federated_participants (privacy_level, public_key, active)
      values (${privacyLevel}, ${publicKey === undefined ? null : Buffer.from(publicKey)}, true)
      on conflict (tenant_id) do update
      set privacy_level = excluded.privacy_level, public_key = excluded.public_key, active = true
    `.execute(tx),
  );
  return getParticipation(tx);
}

/**
 * The tenant takes part in no learning any more: what it has put into open rounds is not used, and it can neither put in
 * nor read anything. Its reputation stays for when it comes back. Results that it is in already stay what they are.
 *
 * @throws {TenancyError} `NOT_FEDERATED` when it never took part.
 */
export async function leaveFederation(tx: TenantTransaction): Promise<void> {
  await sql`update federated_participants set active = false where tenant_id = ${tx.tenantId}`.execute(tx);
  await sql`delete from federated_contributions where tenant_id = ${tx.tenantId}`.execute(tx);
  await sql`delete from federated_shares where tenant_id = ${tx.tenantId}`.execute(tx);
  await getParticipation(tx);
}

/**
 * How the tenant takes part.
 *
 * @throws {TenancyError} `NOT_FEDERATED` when it never did.
 */
export async function getParticipation(tx: TenantTransaction): Promise<Participation> {
  const row = await findOne(
    sql<ParticipantRow>`select * from federated_participants where tenant_id = ${tx.tenantId}`.execute(tx),
    'participant',
  );
  if (row === undefined)
    throw new TenancyError('NOT_FEDERATED', 'this tenant takes part in no learning: joinFederation() first');
  return {
    privacyLevel: row.privacy_level,
    publicKey: row.public_key ?? undefined,
    isActive: row.active,
    reputation: Number(row.reputation_score),
    totalContributions: row.total_contributions,
    lastContributionAt: row.last_contribution ?? undefined,
  };
}

interface ParticipantRow {
  readonly privacy_level: 'differential' | 'secure';
  readonly public_key: Uint8Array | null;
  readonly active: boolean;
  readonly reputation_score: string;
  readonly total_contributions: number;
  readonly last_contribution: Date | null;
}

async function refuseUnlessFederated(tx: TenantTransaction): Promise<void> {
  const found = await sql`
    select from tenants as tenant
    join tenant_privacy_config as config on config.tenant_id = tenant.id
    where tenant.id = ${tx.tenantId} and tenant.isolation_level = 'federated' and config.allow_cross_tenant_learning
  `.execute(tx);
  if (found.rows.length > 0) return;
  throw new TenancyError(
    'NOT_FEDERATED',
    'this tenant does not learn with others: an operator has to make it federated, and allow learning across tenants',
  );
}

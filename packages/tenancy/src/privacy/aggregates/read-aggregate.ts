import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from '../../errors.ts';
import { withTenancyErrors } from '../sql-errors.ts';

/** What came out. Decimals are strings. */
export interface AggregateRelease {
  /** The figure, with noise; undefined where it is withheld. */
  readonly result: string | undefined;
  /** Too few tenants contributed. How many is not told. */
  readonly isSuppressed: boolean;
  /**
   * Scale of the noise in the result, for judging how far it can be off: b of Laplace noise, the standard deviation of
   * Gaussian. Undefined for a mean, which is a quotient of two figures with noise.
   */
  readonly noiseScale: string | undefined;
  /** When it was asked for: what it says is of then. */
  readonly requestedAt: Date;
}

const Id = z.strictObject({ id: z.uuid() });

/**
 * The figure that the tenant asked for in an earlier transaction. It can be read any number of times, and stays the same.
 *
 * @throws {TenancyError} `INVALID_INPUT`, `RELEASE_NOT_FOUND`, or `RELEASE_NOT_COMMITTED` in the transaction that asked.
 */
export async function readAggregate(tx: TenantTransaction, id: string): Promise<AggregateRelease> {
  const input = parseInput(Id, { id }, 'the id of a release');
  const release = sql<ReleaseRow>`
    select
      trim_scale(release_result)::text as result,
      trim_scale(release_noise_scale)::text as noise_scale,
      release_at as requested_at
    from app.read_privacy_release(${input.id})`;
  const row = await withTenancyErrors(getOne(release.execute(tx), 'release of that id'));
  return {
    result: row.result ?? undefined,
    isSuppressed: row.result === null,
    noiseScale: row.noise_scale ?? undefined,
    requestedAt: row.requested_at,
  };
}

interface ReleaseRow {
  readonly result: string | null;
  readonly noise_scale: string | null;
  readonly requested_at: Date;
}

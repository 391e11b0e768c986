import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError } from '../errors/database-error.ts';
import type { GuardedClient } from '../pool/guarded-client.ts';
import type { Transactor } from '../transaction/transactor.ts';
import type { ConsistencyToken } from './consistency-token.ts';

/** What is known of a replica. */
export interface ReplicaState {
  /** Its address, host and port. */
  readonly name: string;
  readonly isUp: boolean;
  /** How far it is behind the primary, milliseconds; null: nobody knows, because one of them does not answer. */
  readonly lagMs: number | null;
}

/** How long one look at a server may take. */
const LOOK_MS = 1000;
/** Between two looks at whether a position has arrived. */
const POLL_MS = 5;

/** One replica: where it is, and how far behind. */
export class Replica {
  readonly transactor: Transactor;
  #isUp = true;
  #lagMs: number | null = null;

  constructor(transactor: Transactor) {
    this.transactor = transactor;
  }

  get state(): ReplicaState {
    const { host, port } = this.transactor.pool.config;
    return { name: `${host}:${port}`, isUp: this.#isUp, lagMs: this.#lagMs };
  }

  /** Whether a read that names no token may go there; 0: however far behind it is. */
  isFresh(maxLagMs: number): boolean {
    return this.#isUp && (maxLagMs === 0 || (this.#lagMs ?? 0) <= maxLagMs);
  }

  /** Something went wrong there: nobody is sent there until {@link look} finds it well. */
  markDown(): void {
    this.#isUp = false;
    this.#lagMs = null;
  }

  /** Looks how far it is behind a position that the primary had just now; undefined: the primary does not answer. */
  async look(primary: ConsistencyToken | undefined): Promise<void> {
    try {
      this.#lagMs = await this.transactor.pool.lend((client) => lagOf(client, primary), {
        signal: AbortSignal.timeout(LOOK_MS),
      });
      this.#isUp = true;
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      this.markDown();
    }
  }
}

/**
 * The lag, by the replica's own clock: since when the last transaction that it has was committed. Nothing, when it has
 * all that there is; the age of the last transaction says nothing then.
 */
async function lagOf(client: GuardedClient, primary: ConsistencyToken | undefined): Promise<number | null> {
  const { rows } = await client.query(
    `select
      pg_is_in_recovery() as is_replica,
      coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false) as has_all,
      extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 * 1000 as lag_ms`,
    [primary ?? null],
  );
  assertReplica(rows[0]);
  if (primary === undefined) return null;
  const lagMs = rows[0]?.['lag_ms'];
  // Behind, and not one transaction seen since it started: as far behind as can be.
  return rows[0]?.['has_all'] === true ? 0 : Math.max(0, Number(lagMs ?? Number.POSITIVE_INFINITY));
}

/**
 * Waits on the connection until everything before the token is visible there.
 *
 * @throws {DatabaseError} `REPLICA_BEHIND` when it is not after `waitMs`.
 */
export async function awaitReplay(
  client: GuardedClient,
  token: ConsistencyToken,
  waitMs: number,
): Promise<void> {
  const deadline = performance.now() + waitMs;
  while (!(await hasReplayed(client, token))) {
    if (performance.now() >= deadline) {
      throw new DatabaseError('REPLICA_BEHIND', `the replica had not come so far in ${waitMs} ms`, {
        retryable: true,
      });
    }
    await delay(POLL_MS);
  }
}

async function hasReplayed(client: GuardedClient, token: ConsistencyToken): Promise<boolean> {
  const { rows } = await client.query(
    'select pg_is_in_recovery() as is_replica, pg_last_wal_replay_lsn() >= $1::pg_lsn as has_replayed',
    [token],
  );
  assertReplica(rows[0]);
  return rows[0]?.['has_replayed'] === true;
}

/** A server that was promoted goes its own way: what the primary writes never arrives there. */
function assertReplica(row: Record<string, unknown> | undefined): void {
  if (row?.['is_replica'] === true) return;
  throw new DatabaseError(
    'REPLICA_BEHIND',
    'this server is not a replica (any more): correct DB_REPLICA_URLS',
    {
      retryable: true,
    },
  );
}

import { DatabaseError } from '../errors/database-error.ts';
import type { PreparedPool } from '../pool/prepared-pool.ts';
import { TOKEN_STATEMENT, tokenOf, type ConsistencyToken } from './consistency-token.ts';
import type { Freshness } from './freshness.ts';
import { awaitReplay, Replica, type ReplicaState } from './replica.ts';
import type { Transactor, TransactionOrder } from '../transaction/transactor.ts';

type Read<T> = (transactor: Transactor, before: TransactionOrder['before']) => Promise<T>;

/** How old what is known of the replicas may be. */
const KNOWN_FOR_MS = 1000;

/** Sends reads to replicas that are near enough to the primary, in turn, and to the primary when there is none. */
export class ReplicaSet {
  readonly #primary: Transactor;
  readonly #replicas: readonly Replica[];
  readonly #maxLagMs: number;
  #turn = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(primary: Transactor, replicas: readonly Transactor[]) {
    this.#primary = primary;
    this.#replicas = replicas.map((transactor) => new Replica(transactor));
    this.#maxLagMs = primary.pool.config.replicaMaxLagMs;
  }

  get states(): ReplicaState[] {
    return this.#replicas.map(({ state }) => state);
  }

  get pools(): PreparedPool[] {
    return this.#replicas.map(({ transactor }) => transactor.pool);
  }

  /**
   * Runs the read where it is fresh enough. A replica that fails before the read has begun is passed over; after that
   * its error is the caller's.
   */
  async read<T>({ after, waitMs }: Freshness, read: Read<T>): Promise<T> {
    for (const replica of await this.#candidates()) {
      const progress = { hasBegun: false };
      try {
        return await read(replica.transactor, async (client) => {
          if (after !== undefined) await awaitReplay(client, after, waitMs);
          progress.hasBegun = true;
        });
      } catch (error) {
        if (progress.hasBegun || !isServersFault(error)) throw error;
        if (error.code !== 'REPLICA_BEHIND') replica.markDown();
      }
    }
    return read(this.#primary, undefined);
  }

  /** Those that may be asked, beginning with whoever is next. */
  async #candidates(): Promise<Replica[]> {
    if (this.#replicas.length === 0) return [];
    await this.#know();
    const first = this.#turn++ % this.#replicas.length;
    const inTurn = [...this.#replicas.slice(first), ...this.#replicas.slice(0, first)];
    return inTurn.filter((replica) => replica.isFresh(this.#maxLagMs));
  }

  /** Looks at all of them, unless somebody just has. */
  async #know(): Promise<void> {
    if (performance.now() - this.#lookedAt < KNOWN_FOR_MS) return;
    this.#looking ??= this.#look().finally(() => {
      this.#lookedAt = performance.now();
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #look(): Promise<void> {
    const primary = await this.#positionOfPrimary();
    await Promise.all(this.#replicas.map((replica) => replica.look(primary)));
  }

  async #positionOfPrimary(): Promise<ConsistencyToken | undefined> {
    try {
      const { pool } = this.#primary;
      const { rows } = await pool.lend((client) => client.query(TOKEN_STATEMENT.text), {
        signal: AbortSignal.timeout(KNOWN_FOR_MS),
      });
      return tokenOf(rows);
    } catch (error) {
      // Reads go on without the primary: that is what replicas are for.
      if (error instanceof DatabaseError) return undefined;
      throw error;
    }
  }
}

/** Nothing that the caller did: another server may do better. */
const SERVERS_FAULTS: ReadonlySet<string> = new Set([
  'ACQUIRE_TIMEOUT',
  'AUTHENTICATION_FAILED',
  'CIRCUIT_OPEN',
  'CONNECTION_LOST',
  'DATABASE_MISSING',
  'REPLICA_BEHIND',
  'SCHEMA_MISSING',
  'SERVER_TOO_OLD',
  'UNREACHABLE',
]);

function isServersFault(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && SERVERS_FAULTS.has(error.code);
}

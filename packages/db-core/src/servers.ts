import type { DatabaseConfig } from './config.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import type { Finding } from './diagnosis/finding.ts';
import { DatabaseError } from './errors/database-error.ts';
import type { PoolEventEmitter } from './events/pool-events.ts';
import { assessHealth, statusOfUse } from './health/assess-health.ts';
import type { HealthReport, HealthStatus, Probe } from './health/health-report.ts';
import { PreparedPool } from './pool/prepared-pool.ts';
import type { PoolStats } from './pool/pool-stats.ts';
import { ReplicaSet } from './replicas/replica-set.ts';
import { Transactor } from './transaction/transactor.ts';

/** How long a diagnosis may take. */
const DIAGNOSIS_TIMEOUT_MS = 30_000;

/** {@link PoolStats} as the manager answers them. */
export interface ManagerStats extends PoolStats {
  /** By use alone, without asking the server. */
  readonly healthCheckStatus: HealthStatus;
  /** When the server was last asked. */
  readonly lastHealthCheck: Date | undefined;
}

/** Everything that one configuration leads to: the primary and its replicas. */
export class Servers {
  readonly config: DatabaseConfig;
  readonly primary: Transactor;
  readonly replicas: ReplicaSet;
  #lastHealthCheck: Date | undefined;
  #reportedTimeouts = 0;

  constructor(manager: object, config: DatabaseConfig, events: PoolEventEmitter) {
    this.config = config;
    this.primary = new Transactor(manager, new PreparedPool(config, { events }));
    const replicas = config.replicas.map((address) => {
      // Opened when they are needed: a replica that is down is nothing that concerns who only writes.
      const replica = { ...config, ...address, min: 0 };
      return new Transactor(manager, new PreparedPool(replica, { events, role: 'replica' }));
    });
    this.replicas = new ReplicaSet(this.primary, replicas);
    this.primary.pool.warmUp();
    // Whoever is to hear of it may start to listen only after initialize().
    setImmediate(() => {
      if (events.isHeard('warning')) void this.primary.pool.attend(() => this.#warn());
    });
  }

  /** The checks of the start: tells what is wrong, or why it cannot be told. */
  async #warn(): Promise<void> {
    const { events } = this.primary.pool;
    try {
      for (const { code, severity, title, remedy } of await this.diagnose()) {
        if (severity !== 'info') events.emit('warning', { code, message: `${title}: ${remedy}` });
      }
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      events.emit('warning', { code: error.code, message: `not checked: ${error.message}` });
    }
  }

  stats(): ManagerStats {
    const stats = this.primary.pool.stats();
    return { ...stats, healthCheckStatus: statusOfUse(stats), lastHealthCheck: this.#lastHealthCheck };
  }

  /** Asks the primary for a sign of life. */
  async probe(timeoutMs: number): Promise<Probe> {
    const startedAt = performance.now();
    const signal = AbortSignal.timeout(timeoutMs);
    this.#lastHealthCheck = new Date();
    try {
      await this.primary.pool.lend((client) => client.query('select 1'), { signal });
      return { outcome: 'answered', latencyMs: performance.now() - startedAt };
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      return signal.aborted ? { outcome: 'timedOut', timeoutMs } : { outcome: 'failed', code: error.code };
    }
  }

  async health(timeoutMs: number): Promise<HealthReport> {
    // Before the probe, which is a caller itself.
    const use = this.primary.pool.stats();
    const probe = await this.probe(timeoutMs);
    const { circuit, acquire } = this.primary.pool.stats();
    const checkoutTimeouts = acquire.timeouts - this.#reportedTimeouts;
    this.#reportedTimeouts = acquire.timeouts;
    return assessHealth({
      use,
      probe,
      circuit,
      checkoutTimeouts,
      replicas: this.replicas.states,
      replicaMaxLagMs: this.config.replicaMaxLagMs,
      checkedAt: new Date(),
    });
  }

  async diagnose(): Promise<Finding[]> {
    const { pool } = this.primary;
    const facts = await pool.facts.get().catch(toBeFound);
    // Only reads of the catalogue, but somebody may hold a lock on it.
    const signal = AbortSignal.timeout(DIAGNOSIS_TIMEOUT_MS);
    return pool.lend(
      (client) => diagnose(client, { config: this.config, isPooled: facts?.isPooled === true }),
      { signal },
    );
  }

  /** See {@link PreparedPool.close}. */
  async close(timeoutMs: number): Promise<void> {
    const pools = [this.primary.pool, ...this.replicas.pools];
    await Promise.all(pools.map((pool) => pool.close(timeoutMs)));
  }
}

/** What makes the pool refuse a login or a server is something to find, and not to fail of. */
function toBeFound(error: unknown): undefined {
  const isFinding =
    error instanceof DatabaseError &&
    ['PRIVILEGED_ROLE', 'SCHEMA_MISSING', 'SERVER_TOO_OLD'].includes(error.code);
  if (!isFinding) throw error;
}

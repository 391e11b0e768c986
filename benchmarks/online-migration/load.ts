import { setTimeout } from 'node:timers/promises';
import { withSession, type SqlSession } from '@agent-agency/testing';
import { seededRandom } from '../src/seeded-random.ts';

/** One statement of the load, by the clock of `performance.now()`. */
export interface Timed {
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface LoadResult {
  readonly timed: readonly Timed[];
  /** What the writers were told is written. */
  readonly agents: readonly string[];
  readonly events: readonly string[];
  /** Statements that failed, but for the first without a tenant. */
  readonly failures: readonly string[];
}

const WRITERS = 2;
const READERS = 2;
const PAUSE_MS = 4;

/**
 * An application from before tenants: writers, readers, and somebody whose transaction stays open for 300 ms, each in a
 * session of an administrator, whom row level security does not shut out. Writers change their own rows only.
 *
 * When it is told that a row has to say whose it is (23502), it says the tenant from then on, as row level security does
 * for the application: keys and indexes lead with it.
 */
export class Load {
  readonly #timed: Timed[] = [];
  readonly #agents: string[] = [];
  readonly #events: string[] = [];
  readonly #failures: string[] = [];
  readonly #sessions: Promise<unknown>;
  #hasTenants = false;
  #isStopped = false;

  constructor(url: string, agents: number) {
    const acts = [
      ...Array.from({ length: WRITERS }, (_, at) => this.#writer(`load-${at}`)),
      ...Array.from({ length: READERS }, (_, at) => this.#reader(agents, at)),
      this.#linger,
    ];
    this.#sessions = Promise.all(
      acts.map((act) => withSession(url, (session) => this.#repeat(act, session))),
    );
    // What connecting throws is told by stop().
    this.#sessions.catch(() => undefined);
  }

  async stop(): Promise<LoadResult> {
    this.#isStopped = true;
    await this.#sessions;
    return { timed: this.#timed, agents: this.#agents, events: this.#events, failures: this.#failures };
  }

  async #repeat(act: Act, session: SqlSession): Promise<void> {
    for (let turn = 0; !this.#isStopped; turn++) {
      try {
        await act(session, turn);
      } catch (error) {
        this.#failures.push(error instanceof Error ? error.message : String(error));
      }
      await setTimeout(PAUSE_MS);
    }
  }

  #writer(name: string): Act {
    return async (session, turn) => {
      const id = `${name}-${turn}`;
      await this.#insert(session, 'agent_profiles', { id, name: id, model_family: 'load' });
      this.#agents.push(id);
      await this.#insert(session, 'performance_events', {
        ...{ agent_id: id, event_type: 'task_execution_complete', integrity_hash: id },
      });
      this.#events.push(id);
      const event = { agent_id: id, success: true, quality_score: 1, latency_ms: 1 };
      await this.#insert(session, 'agent_performance_events', event);
      await this.#run(
        session,
        `update agent_profiles set active_tasks = 1 where id = $1 ${this.#tenantOf('agent_profiles')}`,
        [id],
      );
    };
  }

  #reader(agents: number, seed: number): Act {
    const random = seededRandom(seed);
    return async (session) => {
      const id = `agent-${1 + Math.floor(random() * agents)}`;
      await this.#run(
        session,
        `select * from agent_profiles where id = $1 ${this.#tenantOf('agent_profiles')}`,
        [id],
      );
      await this.#run(
        session,
        `select * from performance_events where agent_id = $1 ${this.#tenantOf('performance_events')}
         order by timestamp desc limit 10`,
        [id],
      );
    };
  }

  /** Holds its locks after its statements have ended. */
  readonly #linger: Act = async (session) => {
    await this.#run(session, 'begin');
    for (const table of ['agent_performance_events', 'agent_capabilities']) {
      await this.#run(
        session,
        `select count(*) from ${table} where agent_id = 'agent-1' ${this.#tenantOf(table)}`,
      );
    }
    await setTimeout(300);
    await this.#run(session, 'commit');
  };

  #tenantOf(table: string): string {
    return this.#hasTenants ? `and ${table}.tenant_id = 'default-tenant'` : '';
  }

  async #insert(session: SqlSession, table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
    const insert = (): Promise<void> => {
      const full = this.#hasTenants ? { ...row, tenant_id: 'default-tenant' } : row;
      const places = Object.keys(full).map((_, at) => `$${at + 1}`);
      const text = `insert into ${table} (${Object.keys(full).join(', ')}) values (${places.join(', ')})`;
      return this.#run(session, text, Object.values(full));
    };
    try {
      await insert();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === '23502')) throw error;
      this.#hasTenants = true;
      await insert();
    }
  }

  async #run(session: SqlSession, text: string, values?: readonly unknown[]): Promise<void> {
    const startedAt = performance.now();
    try {
      await session.query(text, values);
    } finally {
      this.#timed.push({ startedAt, endedAt: performance.now() });
    }
  }
}

type Act = (session: SqlSession, turn: number) => Promise<void>;

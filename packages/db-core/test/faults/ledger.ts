import { withSession } from '@agent-agency/testing';
import { sql } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import {
  DatabaseError,
  type ConnectionPoolManager,
  type DatabaseErrorCode,
  type TransactionOptions,
} from '../../src/index.ts';
import { until } from '../support/backends.ts';

/** What a caller was told of what it wanted to write. */
type Answer = 'committed' | DatabaseErrorCode;

/** Two rows that are written by one transaction: both are there, or neither. */
interface Entry {
  readonly tenantId: string;
  readonly rows: readonly [string, string];
}

/** Keeps what callers were told, and compares it with what is there. */
export class Ledger {
  readonly #answers = new Map<Entry, Answer>();
  #asked = 0;

  /** Has two new rows written, and keeps the answer. Fails when that is not an error of ours. */
  async write(tenantId: string, write: (rows: Entry['rows']) => Promise<unknown>): Promise<Answer> {
    const name = `row-${++this.#asked}`;
    const entry: Entry = { tenantId, rows: [name, `${name}-twin`] };
    const answer = await write(entry.rows).then(() => 'committed' as const, codeOfError);
    this.#answers.set(entry, answer);
    return answer;
  }

  count(answer: Answer): number {
    return [...this.#answers.values()].filter((given) => given === answer).length;
  }

  /** What callers were told instead of `committed`. */
  codes(): Answer[] {
    return [...new Set(this.#answers.values())].filter((answer) => answer !== 'committed').sort();
  }

  /**
   * Everything was answered; what was reported as committed is there; what was refused is not, as every code promises
   * but `COMMIT_UNKNOWN`; and whatever is there is whole and its tenant's.
   */
  async expectTrue(adminUrl: string): Promise<void> {
    const written = await withSession(adminUrl, (admin) =>
      admin.query(`select tenant_id || '/' || id as row from agent_profiles where model_family = 'ledger'`),
    );
    const there = new Set(written.rows.map(({ row }) => row));
    const lost: Entry[] = [];
    const ghosts: (Entry & { readonly answer: Answer })[] = [];
    const halved: Entry[] = [];
    for (const [entry, answer] of this.#answers) {
      const found = entry.rows.filter((row) => there.delete(`${entry.tenantId}/${row}`)).length;
      if (answer === 'committed' && found < 2) lost.push(entry);
      if (answer !== 'committed' && answer !== 'COMMIT_UNKNOWN' && found > 0)
        ghosts.push({ ...entry, answer });
      if (found === 1) halved.push(entry);
    }
    const unanswered = this.#asked - this.#answers.size;
    expect({ unanswered, lost, ghosts, halved, strangers: [...there] }).toEqual({
      unanswered: 0,
      lost: [],
      ghosts: [],
      halved: [],
      strangers: [],
    });
  }
}

interface Load {
  readonly manager: ConnectionPoolManager;
  readonly ledger: Ledger;
  /** For the writers that can have any. */
  readonly options?: () => TransactionOptions;
}

/** How many write at the same time: more than any of the pools has connections. */
const WRITERS = 18;

/** Callers that write all the time, in every way that there is. */
export class Writers {
  readonly #load: Load;
  readonly #commits: number[];
  readonly #running: Promise<void>[];
  #isOver = false;

  constructor(load: Load) {
    this.#load = load;
    this.#commits = Array.from({ length: WRITERS }, () => 0);
    this.#running = this.#commits.map((_, at) => this.#run(at));
    for (const running of this.#running) running.catch(() => undefined);
  }

  /** Waits until every one of them has committed so many times more. */
  async untilEachCommits(times = 1): Promise<void> {
    const before = [...this.#commits];
    await until(() => this.#commits.every((commits, at) => commits >= (before[at] ?? 0) + times));
  }

  /** Has each of them stop after its next answer, which has to come. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  async #run(at: number): Promise<void> {
    const { manager, ledger, options } = this.#load;
    const tenantId = at % 2 === 0 ? 'acme' : 'globex';
    const write = WAYS[at % WAYS.length] ?? inCallback;
    while (!this.#isOver) {
      const answer = await ledger.write(tenantId, (rows) => write({ manager, tenantId, rows }, options?.()));
      if (answer === 'committed') this.#commits[at] = (this.#commits[at] ?? 0) + 1;
      else await delay(20);
    }
  }
}

interface Order {
  readonly manager: ConnectionPoolManager;
  readonly tenantId: string;
  readonly rows: Entry['rows'];
}

const INSERT = `insert into agent_profiles (id, name, model_family) select id, id, 'ledger' from unnest($1::text[]) as id`;

function inCallback({ manager, tenantId, rows }: Order, options?: TransactionOptions): Promise<void> {
  return manager.withTenant(
    { tenantId },
    async (tx) => {
      for (const row of rows) {
        await sql`insert into agent_profiles (id, name, model_family) values (${row}, ${row}, 'ledger')`.execute(
          tx,
        );
      }
    },
    options,
  );
}

async function inOneRoundTrip({ manager, tenantId, rows }: Order): Promise<void> {
  await manager.queryWithTenantContext(tenantId, INSERT, [rows]);
}

async function withClient({ manager, tenantId, rows }: Order): Promise<void> {
  const client = await manager.getClientWithTenantContext(tenantId);
  try {
    for (const row of rows) await client.query(INSERT, [[row]]);
  } catch (error) {
    await client.release(error);
    throw error;
  }
  await client.release();
}

const WAYS = [inCallback, inOneRoundTrip, withClient];

function codeOfError(error: unknown): DatabaseErrorCode {
  if (error instanceof DatabaseError) return error.code;
  throw error;
}

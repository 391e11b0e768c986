import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import type { ConnectionPoolManager } from '@agent-agency/db-core';
import {
  appendNodes,
  createAppender,
  readHead,
  verifyLog,
  type NodeToAppend,
} from '@agent-agency/provenance';
import { sql } from 'kysely';
import type { Contender } from '../src/interleave.ts';
import type { Round } from '../src/statistics.ts';
import { foundations, KEYS, plainRow, SIGNER, verdict, type PlainRow } from './data.ts';
import { insertNumbered, insertPlain } from './plain-table.ts';

/** Callers at once, each with the next transaction as soon as its last one has committed. */
export interface Load {
  readonly name: string;
  readonly callers: number;
  /** Callers are spread over them evenly. */
  readonly tenants: number;
  /** Nodes a call. */
  readonly batch: number;
  /** Callers of a tenant share transactions, in place of one for each. */
  readonly shared?: boolean;
}

interface Writer {
  /** Commits them in one transaction of the tenant. */
  write(tenantId: string, rows: readonly PlainRow[]): Promise<unknown>;
  /** How many it has committed, as the database says. */
  written(tenantId: string): Promise<number>;
}

function writersOf(manager: ConnectionPoolManager, { shared = false }: Load) {
  const appender = createAppender(manager, SIGNER);
  const counted = (table: string) => (tenantId: string) =>
    manager.withTenant({ tenantId }, async (tx) => {
      const { rows } = await sql<{ count: string }>`
        select count(distinct id) from ${sql.table(table)} where tenant_id = ${tenantId}
      `.execute(tx);
      return Number(rows[0]?.count);
    });
  return {
    ours: {
      write: (tenantId, rows) =>
        shared
          ? appender.append(tenantId, nodesOf(rows))
          : manager.withTenant({ tenantId }, (tx) => appendNodes(tx, nodesOf(rows), SIGNER)),
      written: counted('caws_provenance_graph'),
    },
    plainInsert: {
      write: (tenantId, rows) => manager.withTenant({ tenantId }, (tx) => insertPlain(tx, rows)),
      written: counted('bench_plain'),
    },
    numberedInsert: {
      write: (tenantId, rows) => manager.withTenant({ tenantId }, (tx) => insertNumbered(tx, rows)),
      written: counted('bench_numbered'),
    },
  } satisfies Record<string, Writer>;
}

function nodesOf(rows: readonly PlainRow[]): NodeToAppend[] {
  return rows.map(({ node }) => node);
}

/** Those who write to the tables, and what the machine does without a database. */
export function contendersOf(manager: ConnectionPoolManager, load: Load, nodesARound: number) {
  const { ours, plainInsert, numberedInsert } = writersOf(manager, load);
  const crowd = (writer: Writer): Crowd => new Crowd(writer, load, nodesARound);
  return {
    ours: crowd(ours),
    plainInsert: crowd(plainInsert),
    numberedInsert: crowd(numberedInsert),
    ed25519: raw(nodesARound, signing()),
    sha256: raw(nodesARound, hashing()),
  };
}

/** Lets the callers of a load write. */
export class Crowd implements Contender {
  readonly #writer: Writer;
  readonly #load: Load;
  readonly #transactions: number;
  /** Of each tenant. */
  readonly #next = new Map<string, number>();

  constructor(writer: Writer, load: Load, nodesARound: number) {
    this.#writer = writer;
    this.#load = load;
    this.#transactions = Math.ceil(nodesARound / load.batch / load.callers);
  }

  async round(): Promise<Round> {
    const given = Array.from({ length: this.#load.callers }, (_, caller) => this.#drawFor(caller));
    const latenciesMs: number[] = [];
    const startedAt = performance.now();
    await Promise.all(
      given.map(async ({ tenantId, transactions }) => {
        for (const rows of transactions) {
          const askedAt = performance.now();
          await this.#writer.write(tenantId, rows);
          latenciesMs.push(performance.now() - askedAt);
        }
      }),
    );
    const elapsedMs = performance.now() - startedAt;
    const nodes = latenciesMs.length * this.#load.batch;
    return { latenciesMs, elapsedMs, figures: { nodesPerSecond: (nodes / elapsedMs) * 1000 } };
  }

  /** Whether everything is there that was written, once. */
  async isComplete(extra: number): Promise<boolean> {
    for (const [tenantId, count] of this.#next) {
      if ((await this.#writer.written(tenantId)) !== count + extra) return false;
    }
    return true;
  }

  #drawFor(caller: number): { tenantId: string; transactions: PlainRow[][] } {
    const tenantId = tenantsOf(this.#load)[caller % this.#load.tenants] ?? '';
    const next = this.#next.get(tenantId) ?? 0;
    const count = this.#transactions * this.#load.batch;
    this.#next.set(tenantId, next + count);
    const rows = Array.from({ length: count }, (_, place) => plainRow(verdict(tenantId, next + place)));
    return {
      tenantId,
      transactions: Array.from({ length: this.#transactions }, (_, place) =>
        rows.slice(place * this.#load.batch, (place + 1) * this.#load.batch),
      ),
    };
  }
}

export function tenantsOf({ name, tenants }: Load): string[] {
  return Array.from({ length: tenants }, (_, at) => `${name.replaceAll(/\W+/g, '-')}-${at}`);
}

/** The first nodes of their logs. */
export async function beginLogs(manager: ConnectionPoolManager, load: Load): Promise<void> {
  for (const tenantId of tenantsOf(load)) {
    await manager.withTenant({ tenantId }, (tx) => appendNodes(tx, foundations(tenantId), SIGNER));
  }
}

/** Whether every log is one, as its verifier says. */
export async function areValid(manager: ConnectionPoolManager, load: Load): Promise<boolean> {
  for (const tenantId of tenantsOf(load)) {
    const [report, head] = await manager.withTenant({ tenantId }, async (tx) => [
      await verifyLog(tx, { keys: KEYS }),
      await readHead(tx),
    ]);
    if (!report.valid || report.checked !== head.seq) return false;
  }
  return true;
}

/** One thread of the machine, doing nothing else. */
function raw(nodesARound: number, work: (content: Buffer) => void): Contender {
  const contents = Array.from({ length: nodesARound }, (_, at) =>
    Buffer.from(plainRow(verdict('raw', at)).content),
  );
  return {
    round() {
      const latenciesMs: number[] = [];
      const startedAt = performance.now();
      for (const content of contents) {
        const askedAt = performance.now();
        work(content);
        latenciesMs.push(performance.now() - askedAt);
      }
      const elapsedMs = performance.now() - startedAt;
      return Promise.resolve({
        ...{ latenciesMs, elapsedMs },
        figures: { nodesPerSecond: (nodesARound / elapsedMs) * 1000 },
      });
    },
  };
}

function hashing(): (content: Buffer) => void {
  return (content) => void createHash('sha256').update(content).digest();
}

function signing(): (content: Buffer) => void {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  // As long as what is signed for a node.
  return (content) => void sign(null, content.subarray(0, 120), key);
}

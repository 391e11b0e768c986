import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDataLayerError, type ConnectionPoolManager } from '@agent-agency/db-core';
import { appendNodes, type NodeToAppend } from '../../../src/index.ts';
import { otherSigner, testSigner } from '../../fixtures/chain.ts';

/** What callers were told, by how often. */
export type Answers = ReadonlyMap<string, number>;

export interface WritersPlan {
  readonly nodes: number;
  readonly writers: number;
  /** Nodes a transaction: from one to as many, at random. */
  readonly largestBatch: number;
}

/** Writers that each append their nodes, until all are acknowledged. */
export class StormWriters {
  readonly quotas: readonly number[];
  /** What must not happen to anybody. */
  readonly errors: string[] = [];
  readonly #log: Log;
  readonly #largestBatch: number;
  readonly #answers = new Map<string, number>();
  #acknowledged = 0;

  constructor(log: Log, { nodes, writers, largestBatch }: WritersPlan) {
    this.#log = log;
    this.#largestBatch = largestBatch;
    this.quotas = Array.from({ length: writers }, (_, place) => Math.floor((nodes + place) / writers));
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get answers(): Answers {
    return this.#answers;
  }

  async run(): Promise<void> {
    await Promise.all(this.quotas.map((quota, writer) => this.#write(writer, quota)));
  }

  async #write(writer: number, quota: number): Promise<void> {
    for (let first = 0; first < quota;) {
      const drawn = digestOf(`${writer}/${first}`).readUInt16BE() % this.#largestBatch;
      const size = Math.min(1 + drawn, quota - first);
      const nodes = Array.from({ length: size }, (_, place) => stormNode(writer, first + place));
      if (!(await this.#append(writer, nodes))) return;
      first += size;
      this.#acknowledged += size;
    }
  }

  /** Again and again, until it is there; answers whether it is. */
  async #append(writer: number, nodes: readonly NodeToAppend[]): Promise<boolean> {
    const signer = writer % 2 === 0 ? testSigner : otherSigner;
    const { manager, tenantId } = this.#log;
    for (let mayBeThere = false; ;) {
      const answer = await manager
        .withTenant({ tenantId }, (tx) => appendNodes(tx, nodes, signer))
        .then(() => 'committed', codeOf);
      this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + 1);
      if (answer === 'committed') return true;
      // Its ids are taken: by itself, when nobody could tell whether it had committed.
      if (answer === 'UNIQUE_VIOLATION' && mayBeThere) return true;
      if (!PASSING.has(answer)) {
        this.errors.push(`writer ${writer}: ${answer}`);
        return false;
      }
      mayBeThere ||= answer === 'COMMIT_UNKNOWN';
      await sleep(5 + Math.random() * 20);
    }
  }
}

export interface Log {
  readonly manager: ConnectionPoolManager;
  readonly tenantId: string;
}

/** What a caller may be told when a backend or the server dies: to try again. A deadlock is none of it. */
const PASSING = new Set([
  'CONNECTION_LOST',
  'COMMIT_UNKNOWN',
  'UNREACHABLE',
  'CIRCUIT_OPEN',
  'ACQUIRE_TIMEOUT',
]);

function codeOf(error: unknown): string {
  return isDataLayerError(error) ? error.code : String(error);
}

/** The node of a place among a writer’s; now and then it derives from the one before. */
function stormNode(writer: number, place: number): NodeToAppend {
  return {
    id: idOf(writer, place),
    entityType: 'verdict',
    entityId: `${writer}/${place}`,
    ...(place % 10 === 1 && {
      parents: [idOf(writer, place - 1)],
      constitutionalRefs: [`CAWS:Section${place % 40}`],
    }),
    content: { writer, place, decision: 'accept' },
    createdAt: new Date(Date.UTC(2026, 0, 1) + place),
  };
}

function idOf(writer: number, place: number): string {
  const hex = digestOf(`${writer}/${place}`).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

function digestOf(name: string): Buffer {
  return createHash('sha256').update(name).digest();
}

import {
  type ConsistencyClaim,
  type InclusionClaim,
  proveConsistencyBetween,
  proveInclusionOf,
} from '@agent-agency/provenance';
import { sql } from 'kysely';
import { seededRandom } from '../src/seeded-random.ts';
import type { Contender } from '../src/interleave.ts';
import type { Round } from '../src/statistics.ts';
import { TreeTruth } from './tree-truth.ts';
import type { FilledLog } from './verifying.ts';

/** A proof as it came, and what it has to be. */
interface Answer {
  readonly proof: readonly Uint8Array[];
  readonly roots: readonly Uint8Array[];
  /** An index, or the size of an older tree. */
  readonly place: number;
}

/** Proves something of a place in the log, in a transaction of its own. */
type Prove = (log: FilledLog, place: number) => Promise<Answer>;

export const inclusion: Prove = ({ manager, tenantId, nodes }, place) =>
  manager.withTenant({ tenantId }, async (tx) => {
    const claim: InclusionClaim = await proveInclusionOf(tx, { seq: place + 1, size: nodes });
    return { place, proof: claim.proof, roots: [claim.root] };
  });

export const consistency: Prove = ({ manager, tenantId, nodes }, place) =>
  manager.withTenant({ tenantId }, async (tx) => {
    const claim: ConsistencyClaim = await proveConsistencyBetween(tx, place + 1, nodes);
    return { place, proof: claim.proof, roots: [claim.oldRoot, claim.newRoot] };
  });

/** What one does without a stored tree: reads the hash of every node, and builds the tree over them. */
export const fromEveryLeaf =
  (prove: (truth: TreeTruth, place: number, nodes: number) => Buffer[]): Prove =>
  async (log, place) => {
    const truth = new TreeTruth(await readHashes(log));
    return {
      place,
      proof: prove(truth, place, log.nodes),
      roots: [truth.root(0, log.nodes)],
    };
  };

export async function readHashes({ manager, tenantId }: FilledLog): Promise<string[]> {
  return manager.withTenant({ tenantId }, async (tx) => {
    const { rows } = await sql<{ hash_chain: string }>`
      select hash_chain from caws_provenance_graph where tenant_id = ${tenantId} order by seq
    `.execute(tx);
    return rows.map((row) => row.hash_chain);
  });
}

/** Asks for proofs of random places, one after another. */
export class Prover implements Contender {
  readonly answers: Answer[] = [];
  readonly #log: FilledLog;
  readonly #prove: Prove;
  readonly #count: number;
  readonly #random = seededRandom(9162);

  constructor(log: FilledLog, prove: Prove, count: number) {
    this.#log = log;
    this.#prove = prove;
    this.#count = count;
  }

  async round(): Promise<Round> {
    const places = Array.from({ length: this.#count }, () => Math.floor(this.#random() * this.#log.nodes));
    const latenciesMs: number[] = [];
    const answers: Answer[] = [];
    const startedAt = performance.now();
    for (const place of places) {
      const askedAt = performance.now();
      answers.push(await this.#prove(this.#log, place));
      latenciesMs.push(performance.now() - askedAt);
    }
    const elapsedMs = performance.now() - startedAt;
    this.answers.push(...answers);
    const hashes = answers.reduce((sum, { proof }) => sum + proof.length, 0) / answers.length;
    const largest = Math.max(...answers.map(({ proof }) => proof.length));
    return { latenciesMs, elapsedMs, figures: { proofBytes: hashes * 32, largestProofBytes: largest * 32 } };
  }
}

/** Whether every proof is, hash by hash, that of the definition, and so is the root. */
export function areTrue(
  answers: readonly Answer[],
  { root, proofOf }: { readonly root: Buffer; readonly proofOf: (place: number) => readonly Buffer[] },
): boolean {
  return answers.every(({ place, proof, roots }) => {
    const expected = proofOf(place);
    return (
      root.equals(roots.at(-1) ?? new Uint8Array()) &&
      proof.length === expected.length &&
      expected.every((hash, at) => hash.equals(proof[at] ?? new Uint8Array()))
    );
  });
}

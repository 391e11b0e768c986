import { isDataLayerError, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import {
  appendNodes,
  checkpoint,
  latestCheckpoint,
  proveConsistencyBetween,
  proveInclusionOf,
  verifyChain,
  type ChainReport,
  verifyCheckpoint,
  verifyCopies,
  verifyLineage,
  verifyLog,
  verifyRecords,
} from '../../src/index.ts';
import { readLogPages } from '../../src/log/read-log.ts';
import { askWitness } from '../../src/tree/ask-witness.ts';
import { agedHead, force } from './tampering.ts';
import { bulk, deployment, laterKey, rootKey, sizes, subject, trustOf, type World } from './world.ts';

/** Something that was found, and where: at the numbers of nodes, the size of a tree, or a tile. */
export interface Detection {
  readonly kind: string;
  readonly first: number | string | undefined;
  readonly last: number | string | undefined;
}

/** What each way of verifying finds, by its name; all of them as the application, under row level security. */
export const detectors = {
  /** Every hash and signature, with the keys that are trusted from outside, and the head that the database has. */
  log: async (tx: TenantTransaction) => found(await verifyLog(tx, { keys: [rootKey] })),

  /** A head and checkpoints that were kept outside the database: what they show besides. */
  kept: async (tx: TenantTransaction, { head, checkpoints }: World) => {
    const { tenantId } = tx;
    const against = { knownHeads: [head], checkpoints };
    const report = await verifyChain(readLogPages(tx), { tenantId, keys: [], check: 'hashes', ...against });
    return found(report).filter(({ kind }) => kind === 'head-mismatch' || kind === 'checkpoint-mismatch');
  },

  /** What the database derives from the nodes, and the records, held against them. */
  copies: async (tx: TenantTransaction, { nodes }: World) => {
    const [copies, lineage, records] = [
      await verifyCopies(tx),
      await verifyLineage(tx),
      await verifyRecords(tx),
    ];
    const seqOf = (nodeId: string) => nodes.find(({ id }) => id === nodeId)?.seq;
    return joined([
      ...copies.violations.map(({ copy, seq }) => at(copy, seq)),
      ...lineage.violations.map(({ table, nodeId }) => at(table, seqOf(nodeId))),
      ...records.violations.map(({ column, verdictId }) => at(`record: ${column}`, seqOf(verdictId))),
    ]);
  },

  /** Whoever asks for a proof, and holds it against the checkpoint that they have. */
  proof: async (tx: TenantTransaction, { checkpoints }: World) => {
    const [older, newer] = checkpoints;
    const { root } = await proveInclusionOf(tx, { seq: subject, size: sizes[1] });
    const { oldRoot, newRoot } = await proveConsistencyBetween(tx, ...sizes);
    const isSame = (given: Uint8Array, known?: { root: Uint8Array }) =>
      Buffer.from(given).equals(known?.root ?? Buffer.alloc(0));
    return [
      ...(isSame(root, newer) && isSame(newRoot, newer) ? [] : [at('other-root', sizes[1])]),
      ...(isSame(oldRoot, older) ? [] : [at('other-root', sizes[0])]),
    ];
  },

  /** The log's latest checkpoint and its witness; and the next one, which continues it. */
  witness: async (tx: TenantTransaction, world: World) => {
    const latest = await latestCheckpoint(tx);
    const verdict = latest && verifyCheckpoint(latest.note, trustOf(tx.tenantId));
    if (verdict?.ok === false) return [at(verdict.reason, latest?.size)];
    await appendNodes(tx, bulk(2001, 2001, tx.tenantId), laterKey);
    await force(tx, agedHead);
    const made = await checkpoint(tx, { deployment, signer: rootKey });
    const witness = await world.newWitness();
    const missing = made && (await askWitness((work) => work(tx), witness, made));
    return missing === undefined ? [] : [at(missing.code, made?.size)];
  },
} as const;

export type DetectorName = keyof typeof detectors;

/** Runs one without leaving anything; what it throws is what it found. */
export async function detect(
  name: DetectorName,
  tx: TenantTransaction,
  world: World,
): Promise<readonly Detection[]> {
  await sql`savepoint detection`.execute(tx);
  try {
    return await detectors[name](tx, world);
  } catch (error) {
    if (!isDataLayerError(error)) throw error;
    return [at(error.code, placeOf(error.details))];
  } finally {
    await sql`rollback to savepoint detection`.execute(tx);
  }
}

function at(kind: string, seq: Detection['first']): Detection {
  return { kind, first: seq, last: seq };
}

function placeOf(details: object): Detection['first'] {
  const { seq, checkpointSize, size, tile } = details as Record<string, unknown>;
  const place = seq ?? checkpointSize ?? size ?? tile;
  return typeof place === 'number' || typeof place === 'string' ? place : undefined;
}

function found({ violations, warnings }: ChainReport): Detection[] {
  const all = [...violations, ...warnings];
  return joined(all.map(({ kind, seq, lastSeq = seq }) => ({ kind, first: seq, last: lastSeq })));
}

/** In the order of the places; neighbours of one kind taken together. */
function joined(detections: readonly Detection[]): Detection[] {
  const result: Detection[] = [];
  for (const next of detections.toSorted(byPlace)) {
    const before = result.findLast(({ kind }) => kind === next.kind);
    const isNeighbour = typeof before?.last === 'number' && Number(next.first) - before.last <= 1;
    if (before !== undefined && isNeighbour) result[result.indexOf(before)] = { ...before, last: next.last };
    else result.push(next);
  }
  return result;
}

/** Those without one come first. */
function byPlace(one: Detection, other: Detection): number {
  return Number(one.first ?? -1) - Number(other.first ?? -1) || (one.kind < other.kind ? -1 : 1);
}

import { configFromEnv, ConnectionPoolManager, type TenantTransaction } from '@agent-agency/db-core';
import { createTestTenants, TEST_CONTEXT_KEY, type DatabaseUnderTest } from '@agent-agency/db-core/testing';
import {
  type AddCheckpoint,
  appendNodes,
  type ChainHead,
  checkpoint,
  createMemoryWitness,
  latestCheckpoint,
  linkProvenanceToCommit,
  type NodeToAppend,
  proveConsistencyBetween,
  type ProvenanceNodeRecord,
  readHead,
  recordVerdict,
  rotateSigningKey,
  type Signer,
  type VerifierKey,
  verifyCheckpoint,
  type Witness,
} from '../../src/index.ts';
import { askWitness } from '../../src/tree/ask-witness.ts';
import { logKeyOf, seconds, witnessKeyOf, witnessName, witnessSigner } from '../checkpoint/log.ts';
import { otherSigner, seededSigner, testSigner, uuidOf } from '../fixtures/chain.ts';
import { storedLog } from '../log/support/nodes.ts';

/** Signs the first nodes, and every checkpoint; trusted from outside. */
export const rootKey = testSigner;
/** Takes its place at number 6. */
export const laterKey = otherSigner;
/** Nobody's. */
export const strangeKey = seededSigner(Buffer.alloc(32, 9));

export const deployment = 'log.example.com';

/** The node that is tampered with: a verdict with four parents, of which there is a record. */
export const subject = 5;
/** The statement that replaces the root key. */
export const rotation = 6;
/** A node signed by the later key, behind which there are many. */
export const later = 200;
/** The sizes that checkpoints were made at and cosigned; the log ends at the second. */
export const sizes = [260, 264] as const;

/** Two tenants' logs, and what somebody has kept of the first outside the database. */
export interface World {
  /** An administrator's, who may do everything. */
  readonly manager: ConnectionPoolManager;
  readonly acme: string;
  readonly globex: string;
  /** Acme's log. */
  readonly nodes: readonly ProvenanceNodeRecord[];
  readonly head: ChainHead;
  /** Acme's checkpoints, as notes with the witness's line. */
  readonly notes: readonly string[];
  readonly checkpoints: readonly { readonly size: number; readonly root: Uint8Array }[];
  /** A witness that has cosigned acme's checkpoints and nothing else. */
  newWitness(): Promise<Witness>;
}

export async function buildWorld(database: DatabaseUnderTest): Promise<World> {
  const [acme, globex] = ['acme', 'globex'];
  await createTestTenants(database, acme, globex);
  const manager = administratorOf(database);
  const origin = originOf(acme);
  const cosigned: AddCheckpoint[] = [];
  const notes: string[] = [];

  await manager.withTenant({ tenantId: acme }, (tx) => beginLog(tx));
  await manager.withTenant({ tenantId: globex }, (tx) => appendNodes(tx, bulk(1, 10, globex), rootKey));
  const witness = newWitness(origin);
  let from = rotation + 1;
  for (const size of sizes) {
    const first = from;
    await manager.withTenant({ tenantId: acme }, (tx) => appendNodes(tx, bulk(first, size, acme), laterKey));
    const made = await manager.withTenant({ tenantId: acme }, async (tx) => {
      const oldSize = cosigned.length === 0 ? 0 : sizes[0];
      const { proof } = await proveConsistencyBetween(tx, oldSize, size);
      const record = required(await checkpoint(tx, { deployment, signer: rootKey }));
      cosigned.push({ oldSize, proof, checkpoint: record.note });
      await askWitness((work) => work(tx), witness, record);
      return required(await latestCheckpoint(tx));
    });
    notes.push(made.note);
    from = size + 1;
  }
  const [nodes, head] = await manager.withTenant({ tenantId: acme }, async (tx) => [
    await storedLog(tx),
    await readHead(tx),
  ]);
  return {
    ...{ manager, acme, globex, nodes, head, notes },
    checkpoints: notes.map((note) => trustedTree(note, acme)),
    newWitness: async () => {
      const another = newWitness(origin);
      for (const request of cosigned) await another.addCheckpoint(request);
      return another;
    },
  };
}

export function originOf(tenantId: string): string {
  return `${deployment}/${tenantId}`;
}

/** What a checkpoint has to be signed by. */
export function trustOf(tenantId: string) {
  const origin = originOf(tenantId);
  const logKeys: readonly VerifierKey[] = [logKeyOf(rootKey, origin)];
  return { origin, logKeys, witnesses: [witnessKeyOf(witnessSigner)] };
}

function trustedTree(note: string, tenantId: string) {
  const verdict = verifyCheckpoint(note, trustOf(tenantId));
  if (!verdict.ok) throw new Error(`a checkpoint that was just made is refused: ${verdict.reason}`);
  return verdict.checkpoint;
}

function newWitness(origin: string): Witness {
  const logs = new Map([[origin, [logKeyOf(rootKey, origin)]]]);
  return createMemoryWitness({ name: witnessName, signer: witnessSigner, logs, clock: () => seconds });
}

function administratorOf({ url }: Pick<DatabaseUnderTest, 'url'>): ConnectionPoolManager {
  const manager = new ConnectionPoolManager();
  manager.initialize({
    ...configFromEnv({ DATABASE_URL: url }, { contextKey: TEST_CONTEXT_KEY, allowPrivilegedRole: true }),
    ...{ min: 0, max: 2 },
  });
  return manager;
}

/** Spec, waiver, gate and policy, the verdict that derives from them, and the rotation of the key. */
async function beginLog(tx: TenantTransaction): Promise<void> {
  const evidence = bulk(1, subject - 1, tx.tenantId);
  await appendNodes(tx, evidence, rootKey);
  const verdict = {
    id: uuidOf(subject),
    taskId: uuidOf(0),
    decisionType: 'accept',
    decisionData: { reasons: ['tests pass'] },
    consensusScore: 0.9,
    cawsCompliance: { tier: 1 },
    claimVerification: { claims: 3 },
    gitCommitHash: 'a'.repeat(40),
    parents: evidence.map(({ id }) => id),
    constitutionalRefs: ['CAWS:Section4.2', 'CAWS:Section7'],
    specHash: 'c0ffee',
    description: 'Accepted with a waiver',
    evidenceCompleteness: 80,
    budgetAdherence: 100,
    gateIntegrity: 90,
    provenanceClarity: 85,
    createdAt: createdAt(subject),
  } as const;
  await recordVerdict(tx, verdict, rootKey);
  await linkProvenanceToCommit(tx, { verdictId: verdict.id, hash: 'b'.repeat(40) });
  await rotateSigningKey(tx, {
    from: rootKey,
    to: laterKey,
    purposes: ['keys', 'nodes'],
    createdAt: createdAt(rotation),
    trusted: [rootKey],
  });
}

/** Nodes of consecutive numbers. */
export function bulk(first: number, last: number, tenantId: string): NodeToAppend[] {
  const types = ['spec', 'waiver', 'gate', 'policy'] as const;
  return Array.from({ length: last - first + 1 }, (_, place) => {
    const seq = first + place;
    return {
      id: uuidOf(seq, tenantId === 'acme' ? undefined : tenantId),
      entityType: types[seq % types.length] ?? 'spec',
      entityId: `ENTITY-${seq}`,
      content: { seq },
      constitutionalRefs: ['CAWS:Section1'],
      createdAt: createdAt(seq),
    };
  });
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is no checkpoint');
  return value;
}

/** A second later each. */
export function createdAt(seq: number): Date {
  return new Date(Date.UTC(2026, 0, 1) + seq * 1000);
}

export type { Signer };

import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { createTestTenants } from '@agent-agency/db-core/testing';
import { checkpoint } from '@agent-agency/provenance';
import type { BenchContext } from '../src/benchmark.ts';
import { compare, type Case } from '../src/case.ts';
import { interleave, type Rounds } from '../src/interleave.ts';
import type { Measured } from '../src/statistics.ts';
import { SIGNER } from './data.ts';
import { fillLog } from './fill.ts';
import { areTrue, consistency, fromEveryLeaf, inclusion, Prover, readHashes } from './proving.ts';
import { TreeTruth } from './tree-truth.ts';
import { rawContenders, reading, Verifier, type FilledLog } from './verifying.ts';

/** How much of one log is verified and proved. The rounds are those of proofs. */
export interface LogPlan extends Rounds {
  readonly logged: number;
  readonly verified: Rounds;
  /** Proofs a round. */
  readonly proofs: number;
}

/** 500,000 nodes in a minute, and in five seconds. */
const AIMED_AT = { everything: 500_000 / 60, hashes: 500_000 / 5 };

/** Verifying one log, and proofs from it. */
export async function measureLog(
  { database, note }: BenchContext,
  manager: ConnectionPoolManager,
  plan: LogPlan,
): Promise<Case[]> {
  const log: FilledLog = { manager, tenantId: 'verified', nodes: plan.logged };
  await createTestTenants(database, log.tenantId);
  note(`filling a log with ${log.nodes} nodes`);
  await fillLog(manager, { ...log, note });
  note('verifying it');
  const verified = await verifyCases(log, plan);
  const truth = new TreeTruth(await readHashes(log));
  const proved: Case[] = [];
  for (const kind of ['inclusion', 'consistency'] as const) {
    note(`${kind} proofs: ${plan.rounds} × ${plan.proofs}`);
    proved.push(await proofCase(kind, { log, truth }, plan));
  }
  return [...verified, ...proved];
}

async function verifyCases(log: FilledLog, { verified }: LogPlan): Promise<Case[]> {
  const { manager, tenantId } = log;
  const trusted = await manager.withTenant({ tenantId }, (tx) =>
    checkpoint(tx, { deployment: 'bench.example', signer: SIGNER }),
  );
  const verifiers = {
    everything: new Verifier(log, {}),
    hashes: new Verifier(log, { check: 'hashes', checkpoints: trusted === undefined ? [] : [trusted] }),
  };
  const contenders = { ...verifiers, reading: reading(log), ...(await rawContenders(log)) };
  const { everything, hashes, ...baselines } = await interleave(contenders, verified);
  const caseOf = async (
    name: keyof typeof verifiers,
    ours: Measured,
    ratio: Pick<Case, 'case' | 'ratioTo'>,
  ): Promise<Case> =>
    compare({
      ...{ ...ratio, ours, baselines, ratioOf: 'nodesPerSecond' },
      checks: {
        everyNodeChecked: trusted?.size === log.nodes && (await verifiers[name].isRight()),
        findsEdits: await verifiers[name].findsEdits(),
      },
      aims: {
        [`${Math.round(AIMED_AT[name])} nodes a second`]:
          (ours.figures['nodesPerSecond'] ?? 0) >= AIMED_AT[name],
      },
    });
  return [
    await caseOf('everything', everything, { case: 'verify, every signature', ratioTo: 'ed25519' }),
    await caseOf('hashes', hashes, { case: 'verify, hashes and checkpoint', ratioTo: 'sha256' }),
  ];
}

const PROOFS = {
  inclusion: {
    prove: inclusion,
    byDefinition: (tree: TreeTruth, place: number, nodes: number) => tree.inclusion(place, 0, nodes),
  },
  consistency: {
    prove: consistency,
    byDefinition: (tree: TreeTruth, place: number, nodes: number) => tree.consistency(place + 1, nodes),
  },
};

async function proofCase(
  kind: keyof typeof PROOFS,
  { log, truth }: { readonly log: FilledLog; readonly truth: TreeTruth },
  plan: LogPlan,
): Promise<Case> {
  const { prove, byDefinition } = PROOFS[kind];
  const provers = {
    ours: new Prover(log, prove, plan.proofs),
    fromEveryLeaf: new Prover(log, fromEveryLeaf(byDefinition), 1),
  };
  const { ours, ...baselines } = await interleave(provers, plan);
  const isTrue = ({ answers }: Prover): boolean =>
    answers.length > 0 &&
    areTrue(answers, {
      root: truth.root(0, log.nodes),
      proofOf: (place) => byDefinition(truth, place, log.nodes),
    });
  return compare({
    ...{ case: `${kind} proof`, ours, baselines, ratioOf: 'p50Ms', ratioTo: 'fromEveryLeaf' },
    checks: { proofsTrue: Object.values(provers).every(isTrue) },
  });
}

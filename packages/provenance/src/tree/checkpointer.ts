import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { z } from 'zod';
import type { Witness } from '../checkpoint/witness.ts';
import type { ProvenanceError } from '../errors.ts';
import { parseInput } from '../input.ts';
import type { Signer } from '../signing/signature.ts';
import { askWitness, type InTenant } from './ask-witness.ts';
import { checkpoint, CheckpointSchedule } from './checkpoint.ts';
import type { CheckpointRecord } from './checkpoint-record.ts';
import { latestCheckpoint } from './list-checkpoints.ts';

const Schedule = CheckpointSchedule.pick({ deployment: true }).extend({
  tenantId: z.string(),
  /** A checkpoint at the latest when so many nodes are in none. Default: 1,000. */
  everyNodes: z.int().min(1).default(1000),
  /** And when any node is in none, and the last one is as old as that. Default: a minute. */
  everyMs: z.int().min(0).default(60_000),
  /** How long `start()` waits from one run to the next. Default: 10 seconds. */
  intervalMs: z.int().min(1).max(86_400_000).default(10_000),
});

/** Whose checkpoints, how often, and who cosigns them. */
export interface CheckpointerOptions extends z.input<typeof Schedule> {
  readonly signer: Signer;
  /** Default: none. */
  readonly witnesses?: readonly Witness[] | undefined;
  /** What `start()` does with what a run throws, and with every cosignature that is missing. */
  readonly onError: (error: unknown) => void;
  /** Tells the time. **Units** milliseconds since 1970. Default: `Date.now`. */
  readonly clock?: (() => number) | undefined;
}

/** What a run has left. */
export interface CheckpointRun {
  /** The log's latest checkpoint, with its cosignatures; undefined while it has none. */
  readonly checkpoint: CheckpointRecord | undefined;
  /** Whether this run has made it. */
  readonly isNew: boolean;
  /** One `COSIGNATURE_MISSING` for each witness that has not cosigned it; the next run asks again. */
  readonly missing: readonly ProvenanceError[];
}

/** Makes checkpoints of a tenant's log, and has them cosigned. */
export interface Checkpointer {
  /**
   * Once: asks the witnesses about the latest checkpoint, makes a new one if it is time, and has it cosigned.
   *
   * @throws {ProvenanceError} `LOG_REWOUND` when a witness or the log's own last checkpoint shows that the log was rewound; nothing new is
   *   signed then. And as `checkpoint`.
   * @throws {DatabaseError} `NESTED_TRANSACTION` inside a transaction: witnesses are asked about what is committed.
   */
  run(): Promise<CheckpointRun>;
  /** Runs again and again, until {@link stop}. */
  start(): void;
  /** Waits for the run that has begun. */
  stop(): Promise<void>;
}

/**
 * Keeps a tenant's log in checkpoints. Any number of them may run for one log.
 *
 * Every witness is asked about the latest checkpoint until it has answered this checkpointer, also when it cosigned it before: so a log
 * that was rewound is found out before anything new is signed for it.
 *
 * @throws {ProvenanceError} `INVALID_INPUT`.
 * @example
 * const checkpointer = createCheckpointer(manager, { tenantId: 'acme', deployment, signer, witnesses, onError });
 * checkpointer.start();
 */
export function createCheckpointer(
  manager: ConnectionPoolManager,
  options: CheckpointerOptions,
): Checkpointer {
  const { signer, witnesses = [], onError, clock, ...schedule } = options;
  const { tenantId, deployment, everyNodes, everyMs, intervalMs } = parseInput(Schedule, schedule);
  // Not `withTenant`: inside of a transaction that would be a part of it, still open while a witness is asked.
  const inTenant: InTenant = async (work) => (await manager.write({ tenantId }, work)).result;
  const answered = new Map<Witness, number>();

  const ask = async (latest: CheckpointRecord | undefined): Promise<ProvenanceError[]> => {
    if (latest === undefined) return [];
    const waiting = witnesses.filter((witness) => answered.get(witness) !== latest.size);
    return settleAll(
      waiting.map(async (witness) => {
        const missing = await askWitness(inTenant, witness, latest);
        if (missing === undefined) answered.set(witness, latest.size);
        return missing;
      }),
    );
  };

  const run = async (): Promise<CheckpointRun> => {
    const missing = await ask(await inTenant(latestCheckpoint));
    const made = await inTenant((tx) =>
      checkpoint(tx, { deployment, signer, ifNewNodes: everyNodes, ifOlderThanMs: everyMs, clock }),
    );
    const missingNow = made === undefined ? missing : await ask(made);
    return {
      checkpoint: await inTenant(latestCheckpoint),
      isNew: made !== undefined,
      missing: missingNow,
    };
  };

  return { run, ...repeat(run, { intervalMs, onError }) };
}

/** What is missing; throws what any of them threw, but only when all have settled. */
async function settleAll(
  asking: readonly Promise<ProvenanceError | undefined>[],
): Promise<ProvenanceError[]> {
  await Promise.allSettled(asking);
  const missing = await Promise.all(asking);
  return missing.filter((error) => error !== undefined);
}

function repeat(
  run: () => Promise<CheckpointRun>,
  { intervalMs, onError }: { readonly intervalMs: number; readonly onError: (error: unknown) => void },
): Pick<Checkpointer, 'start' | 'stop'> {
  let stopping: AbortController | undefined;
  let loop: Promise<void> = Promise.resolve();
  const runOnce = async (): Promise<void> => {
    try {
      const { missing } = await run();
      for (const error of missing) onError(error);
    } catch (error) {
      onError(error);
    }
  };
  const runUntil = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await runOnce();
      await delay(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  };
  return {
    start: () => {
      if (stopping !== undefined) return;
      stopping = new AbortController();
      loop = runUntil(stopping.signal);
    },
    stop: async () => {
      stopping?.abort();
      stopping = undefined;
      await loop;
    },
  };
}

import { describe, expect, it } from 'vitest';
import type { CheckpointTrust } from '../../src/checkpoint/checkpoint-trust.ts';
import { createMemoryWitness } from '../../src/checkpoint/memory-witness.ts';
import { addSignatures } from '../../src/checkpoint/note.ts';
import { obtainCosignature } from '../../src/checkpoint/obtain-cosignature.ts';
import { verifyCheckpoint } from '../../src/checkpoint/verify-checkpoint.ts';
import type { Witness } from '../../src/checkpoint/witness.ts';
import { seededSigner } from '../fixtures/chain.ts';
import { forkedLog, log, logKey, origin, seconds, type TestLog } from './log.ts';

function createWitnesses(clock: () => number = () => seconds): Witness[] {
  return [1, 2, 3].map((number) =>
    createMemoryWitness({
      name: `witness.example.com/w${String(number)}`,
      signer: seededSigner(Buffer.alloc(32, 20 + number)),
      logs: new Map([[origin, [logKey]]]),
      clock,
    }),
  );
}

function trustIn(witnesses: readonly Witness[]): CheckpointTrust {
  return { origin, logKeys: [logKey], witnesses: witnesses.map(({ verifierKey }) => verifierKey), quorum: 2 };
}

/** The checkpoint of that size with what the witnesses were willing to add, asked one after the other. */
async function publish(of: TestLog, size: number, witnesses: readonly Witness[]): Promise<string> {
  let note = await of.checkpoint(size);
  for (const witness of witnesses) {
    const request = { checkpoint: note, oldSize: 0, prove: (from: number) => of.prove(from, size) };
    const obtained = await obtainCosignature(witness, request);
    if (obtained.ok) note = addSignatures(note, [obtained.signature]);
  }
  return note;
}

describe('a log that shows two histories', () => {
  // Which of the three witnesses is asked for the true history first: every choice.
  it.each([0, 1, 2, 3, 4, 5, 6, 7])('gets most witnesses for one of them only (%d)', async (choice) => {
    const witnesses = createWitnesses();
    const isFirst = (_: Witness, index: number): boolean => Math.floor(choice / 2 ** index) % 2 === 1;
    const early = witnesses.filter(isFirst);
    const late = witnesses.filter((witness, index) => !isFirst(witness, index));
    await publish(log, 5, early);
    const forked = await publish(forkedLog, 5, [...late, ...early]);
    const honest = await publish(log, 5, [...early, ...late]);
    const believed = [honest, forked].map((note) => verifyCheckpoint(note, trustIn(witnesses)).ok);
    expect(believed).toEqual([early.length >= 2, early.length < 2]);
  });

  it('cannot go back to the other one later, however large it grows', async () => {
    const witnesses = createWitnesses();
    await publish(log, 5, witnesses);
    for (const size of [5, 6, 40])
      expect(verifyCheckpoint(await publish(forkedLog, size, witnesses), trustIn(witnesses))).toEqual({
        ok: false,
        reason: 'quorum-missed',
      });
  });
});

describe('a log that shows an old checkpoint', () => {
  it('has none of its witnesses say that it is new', async () => {
    let now = seconds;
    const witnesses = createWitnesses(() => now);
    const old = await publish(log, 5, witnesses);
    now += 86_400;
    await publish(log, 9, witnesses);
    expect(await publish(log, 5, witnesses)).toBe(await log.checkpoint(5));
    const replayed = verifyCheckpoint(old, trustIn(witnesses));
    expect(replayed.ok && replayed.cosignatures.map((seen) => seen.seconds)).toEqual([
      seconds,
      seconds,
      seconds,
    ]);
  });
});

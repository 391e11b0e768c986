import { hundredths } from '../../support/fixtures.ts';

/**
 * What is believed of one relationship, as naive as it gets: the world's time is cut into slots, and each slot says what
 * holds in it. Every transaction leaves a copy of the slots.
 */
export interface Said {
  readonly isDirectional: boolean;
  readonly confidence: number;
  readonly strength: number;
  readonly count: number;
  readonly tasks: readonly string[];
  readonly context?: string;
  /** Slot whose beginning it is; absent: the moment of the transaction. */
  readonly observed?: number;
}

/** Neighbouring slots with one and the same object are one version. */
export type Slots = readonly (Said | undefined)[];

export interface Run {
  readonly said: Said;
  /** First slot, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** The version that a slot is part of. */
export function runAt(slots: Slots, slot: number): Run | undefined {
  const said = slots[slot];
  if (said === undefined) return undefined;
  let from = slot;
  let to = slot + 1;
  while (from > 0 && slots[from - 1] === said) from--;
  while (to < slots.length && slots[to] === said) to++;
  return { said, from, to };
}

export function runsOf(slots: Slots): Run[] {
  const runs: Run[] = [];
  for (let slot = 0; slot < slots.length; slot++) {
    const run = runAt(slots, slot);
    if (run?.from === slot) runs.push(run);
  }
  return runs;
}

export function put(slots: Slots, from: number, to: number, said: Said): Slots {
  return slots.map((old, slot) => (slot < from || slot >= to || saysTheSame(old, said) ? old : said));
}

export interface Seen {
  readonly at: number;
  readonly more: number;
  readonly tasks: readonly string[];
  readonly isDirectional: boolean;
}

export function strengthen(slots: Slots, { at, more, tasks, isDirectional }: Seen): Slots {
  const next = slots.findIndex((said, slot) => slot >= at && said !== undefined);
  const run = runAt(slots, next);
  if (run === undefined)
    return fill(slots, at, slots.length, { ...measured(more), isDirectional, tasks, observed: at });
  const { said } = run;
  const { count, confidence, strength } = measured(said.count + more);
  return fill(slots, Math.min(run.from, at), run.to, {
    ...said,
    count,
    confidence: Math.max(said.confidence, confidence),
    strength: Math.max(said.strength, strength),
    tasks: [...said.tasks, ...tasks.filter((task) => !said.tasks.includes(task))],
    ...(said.observed !== undefined && { observed: Math.max(said.observed, at) }),
  });
}

export function supersede(slots: Slots, run: Run, at: number, by: Said | undefined): Slots {
  if (by !== undefined && saysTheSame(run.said, by)) return slots;
  return fill(slots, at, run.to, by);
}

export function withdraw(slots: Slots, run: Run): Slots {
  return fill(slots, run.from, run.to, undefined);
}

function fill(slots: Slots, from: number, to: number, said: Said | undefined): Slots {
  return slots.map((old, slot) => (slot >= from && slot < to ? said : old));
}

function saysTheSame(old: Said | undefined, said: Said): boolean {
  return (
    old !== undefined && JSON.stringify(shown(old)) === JSON.stringify(shown(said)) && sameMoment(old, said)
  );
}

function sameMoment(old: Said, said: Said): boolean {
  return said.observed === undefined || old.observed === said.observed;
}

/** In one order of its keys. */
function shown({ isDirectional, confidence, strength, count, tasks, context }: Said) {
  return { isDirectional, confidence, strength, count, tasks, context };
}

function measured(n: number) {
  return { count: n, confidence: hundredths(2 * n + 3, 2 * n + 6), strength: hundredths(n, n + 3) };
}

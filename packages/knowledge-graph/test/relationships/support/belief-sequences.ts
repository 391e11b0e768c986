import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import {
  deleteRelationships,
  putRelationships,
  strengthenRelationships,
  supersedeRelationships,
  type RelationshipAssertion,
  type RelationshipSighting,
  type Supersession,
} from '../../../src/index.ts';
import { uuidOf } from '../../support/fixtures.ts';
import { seededRandom } from '../../support/random.ts';
import {
  put,
  runAt,
  runsOf,
  strengthen,
  supersede,
  withdraw,
  type Run,
  type Said,
  type Slots,
} from './belief-model.ts';

/** Slots begin with the years 2001 to 2006; the first has no beginning, the last no end. */
export const SLOTS = 7;

/** Beginning of a slot; undefined for the first, and for the end of the last. */
export function yearOf(slot: number): Date | undefined {
  return slot === 0 || slot === SLOTS ? undefined : new Date(Date.UTC(2000 + slot, 0));
}

export interface Key {
  readonly sourceAgentId: string;
  readonly targetAgentId: string;
  readonly type: 'COLLABORATES_WITH' | 'DEPENDS_ON';
}

/** What a sequence of operations is about: two agents, three relationships of theirs. */
export function keysOf(sequence: number): readonly Key[] {
  const [one, other] = agentsOf(sequence);
  return [
    { sourceAgentId: one, targetAgentId: other, type: 'COLLABORATES_WITH' },
    { sourceAgentId: one, targetAgentId: other, type: 'DEPENDS_ON' },
    { sourceAgentId: other, targetAgentId: one, type: 'DEPENDS_ON' },
  ];
}

/** In the order of the database: capital letters first. */
export function agentsOf(sequence: number): readonly [string, string] {
  return [`B${sequence}`, `a${sequence}`];
}

export function nameOf({ sourceAgentId, targetAgentId, type }: Key): string {
  return `${sourceAgentId} ${targetAgentId} ${type}`;
}

/** What was believed once a transaction was over. */
export interface Snapshot {
  /** The first whole millisecond at which it is known. */
  readonly knownAt: Date;
  readonly beliefs: ReadonlyMap<string, Slots>;
}

interface Batch {
  readonly puts: RelationshipAssertion[];
  readonly sightings: RelationshipSighting[];
  readonly supersessions: Supersession[];
  readonly deletions: string[];
}

type Random = ReturnType<typeof seededRandom>;
const TASKS = [1, 2, 3].map(uuidOf);

/**
 * Random sequences of operations, side by side: each step makes the next operation of all of them with a few statements.
 */
export class BeliefSequences {
  readonly snapshots: Snapshot[] = [];
  readonly #random: Random;
  readonly #keys: readonly Key[];
  readonly #beliefs: Map<string, Slots>;

  constructor(seed: number, sequences: number) {
    this.#random = seededRandom(seed);
    this.#keys = Array.from({ length: sequences }, (_, sequence) => keysOf(sequence)).flat();
    this.#beliefs = new Map(
      this.#keys.map((key) => [nameOf(key), Array.from<undefined>({ length: SLOTS }).fill(undefined)]),
    );
  }

  /** One transaction, with one operation a sequence, or with several. */
  async transact(tx: TenantTransaction, operations: number): Promise<void> {
    for (let nth = 0; nth < operations; nth++) await this.#step(tx);
    const { rows } = await sql<{ known_at: Date }>`
      select date_trunc('milliseconds', now() + interval '999 microseconds') as known_at, pg_sleep(0.002)
    `.execute(tx);
    for (const { known_at: knownAt } of rows)
      this.snapshots.push({ knownAt, beliefs: new Map(this.#beliefs) });
  }

  async #step(tx: TenantTransaction): Promise<void> {
    const batch: Batch = { puts: [], sightings: [], supersessions: [], deletions: [] };
    const ids = await idsOf(tx);
    for (let first = 0; first < this.#keys.length; first += 3) {
      const key = this.#keys[first + this.#random.integer(3)];
      if (key !== undefined) this.#draw(key, ids, batch);
    }
    await putRelationships(tx, batch.puts);
    await strengthenRelationships(tx, batch.sightings);
    await supersedeRelationships(tx, batch.supersessions);
    await deleteRelationships(tx, batch.deletions);
  }

  #draw(key: Key, ids: ReadonlyMap<string, string>, batch: Batch): void {
    const slots = this.#beliefs.get(nameOf(key)) ?? [];
    const runs = runsOf(slots);
    const kind = this.#random.pick(['put', 'put', 'again', 'strengthen', 'supersede', 'delete'] as const);
    if (kind === 'strengthen') return this.#strengthen(key, slots, batch);
    if (kind === 'put' || runs.length === 0) return this.#put(key, slots, this.#say(key), batch);
    const run = this.#random.pick(runs);
    const id = ids.get(`${nameOf(key)} ${String(yearOf(run.from)?.getTime())}`);
    if (id === undefined) throw new Error('the model believes something that the database does not');
    if (kind === 'again') return this.#put(key, slots, run.said, batch);
    if (kind === 'supersede') return this.#supersede(key, slots, run, id, batch);
    batch.deletions.push(id);
    this.#beliefs.set(nameOf(key), withdraw(slots, run));
  }

  #put(key: Key, slots: Slots, said: Said, batch: Batch): void {
    const from = this.#random.integer(SLOTS);
    const to = from + 1 + this.#random.integer(SLOTS - from);
    const isTurned = !said.isDirectional && this.#random.integer(2) === 1;
    batch.puts.push({
      ...(isTurned ? turned(key) : key),
      ...propertiesOf(said),
      isDirectional: said.isDirectional,
      validFrom: yearOf(from) ?? null,
      validTo: yearOf(to) ?? null,
    });
    // A copy: what is said anew is a version of its own.
    this.#beliefs.set(nameOf(key), put(slots, from, to, { ...said }));
  }

  #strengthen(key: Key, slots: Slots, batch: Batch): void {
    const at = 1 + this.#random.integer(SLOTS - 1);
    const more = this.#random.pick([1, 2, 7]);
    const tasks = TASKS.slice(0, this.#random.integer(3));
    const isDirectional = key.type === 'DEPENDS_ON';
    const isTurned = !isDirectional && this.#random.integer(2) === 1;
    const observedAt = yearOf(at);
    if (observedAt === undefined) return;
    batch.sightings.push({
      ...(isTurned ? turned(key) : key),
      count: more,
      observedAt,
      supportingTasks: tasks,
    });
    this.#beliefs.set(nameOf(key), strengthen(slots, { at, more, tasks, isDirectional }));
  }

  #supersede(key: Key, slots: Slots, run: Run, id: string, batch: Batch): void {
    // What holds both ways stays so: the version says it.
    const by =
      this.#random.integer(2) === 0
        ? undefined
        : { ...this.#say(key), isDirectional: run.said.isDirectional };
    const earliest = Math.max(by === undefined ? run.from + 1 : run.from, 1);
    if (earliest >= run.to) return;
    const at = earliest + this.#random.integer(run.to - earliest);
    const instant = yearOf(at);
    if (instant === undefined) return;
    batch.supersessions.push({ id, at: instant, ...(by && { by: propertiesOf(by) }) });
    this.#beliefs.set(nameOf(key), supersede(slots, run, at, by));
  }

  #say(key: Key): Said {
    const observed = this.#random.integer(SLOTS);
    return {
      isDirectional: key.type === 'DEPENDS_ON' || this.#random.integer(4) === 0,
      confidence: this.#random.pick([0.5, 0.63, 1]),
      strength: this.#random.pick([0, 0.55]),
      count: this.#random.pick([1, 2]),
      tasks: TASKS.slice(0, this.#random.integer(2)),
      ...(this.#random.integer(2) === 0 && { context: 'said so' }),
      ...(observed > 0 && { observed }),
    };
  }
}

function propertiesOf({ confidence, strength, count, tasks, context, observed }: Said) {
  const lastObserved = observed === undefined ? undefined : yearOf(observed);
  return {
    ...{ confidence, strength, cooccurrenceCount: count, supportingTasks: [...tasks] },
    ...(context !== undefined && { extractionContext: context }),
    ...(lastObserved && { lastObserved }),
  };
}

function turned({ sourceAgentId, targetAgentId, type }: Key): Key {
  return { sourceAgentId: targetAgentId, targetAgentId: sourceAgentId, type };
}

/** Ids of what is believed now, by relationship and beginning. */
async function idsOf(tx: TenantTransaction): Promise<Map<string, string>> {
  const { rows } = await sql<{
    id: string;
    source: string;
    target: string;
    type: Key['type'];
    year: Date | number;
  }>`
    select id, source_agent_id as source, target_agent_id as target, type, valid_from as year from agent_relationships
  `.execute(tx);
  return new Map(
    rows.map(({ id, source, target, type, year }) => {
      const key = { sourceAgentId: source, targetAgentId: target, type };
      return [`${nameOf(key)} ${String(year instanceof Date ? year.getTime() : undefined)}`, id];
    }),
  );
}

/** The version that a key has in a slot, as a read should show it. */
export function expectedIn(
  slots: Slots,
  slot: number,
): { said: Said; from: Date | undefined; to: Date | undefined } | undefined {
  const run = runAt(slots, slot);
  return run && { said: run.said, from: yearOf(run.from), to: yearOf(run.to) };
}

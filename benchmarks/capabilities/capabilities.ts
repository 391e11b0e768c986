import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { applicationManager } from '@agent-agency/db-core/testing';
import { defineBenchmark } from '../src/benchmark.ts';
import { compare, type Case } from '../src/case.ts';
import { interleave, type Contender, type Rounds } from '../src/interleave.ts';
import { createTenantAgents } from '../src/tenant-agents.ts';
import { AGENTS, hundredByOne, inOneCall, isStored, oneByOne, showing, TENANT, type Store } from './data.ts';

interface Plan extends Rounds {
  /** Capabilities a round of ours; the baselines get a fifth of them. */
  readonly count: number;
}

const AIMED_AT_PER_SECOND = 10_000;

export const capabilities = defineBenchmark<Plan>({
  name: 'capabilities',
  describe: 'how many capabilities with embeddings a caller stores, against single and multi-row inserts',
  defaultSize: 'small',
  plans: {
    tiny: { describe: '1 round of 20 capabilities', rounds: 1, warmUpRounds: 0, count: 20 },
    small: { describe: '8 rounds of 2,000 capabilities', rounds: 8, warmUpRounds: 2, count: 2000 },
    large: { describe: '10 rounds of 10,000 capabilities', rounds: 10, warmUpRounds: 1, count: 10_000 },
  },
  async run({ database, note }, plan) {
    await createTenantAgents(database, [TENANT], AGENTS);
    const manager = applicationManager(database, { max: 1 });
    const cases: Case[] = [];
    try {
      for (const times of [1, 2]) {
        note(`${times === 1 ? 'new' : 'again'}: ${plan.rounds} × ${plan.count} capabilities`);
        cases.push(await play(manager, plan, times));
      }
    } finally {
      await manager.shutdown();
    }
    return cases;
  },
});

async function play(manager: ConnectionPoolManager, plan: Plan, times: number): Promise<Case> {
  const few = Math.ceil(plan.count / 5);
  const storers = {
    ours: new Storer(manager, { who: 'ours', store: inOneCall, count: plan.count }),
    oneByOne: new Storer(manager, { who: 'oneByOne', store: oneByOne, count: few }),
    hundredByOne: new Storer(manager, { who: 'hundredByOne', store: hundredByOne, count: few }),
  };
  const { ours, ...baselines } = await interleave(storers, plan);
  const isRight = await Promise.all(Object.values(storers).map((storer) => storer.isRight(times)));
  const perSecond = ours.figures['rowsPerSecond'] ?? 0;
  return compare({
    case: times === 1 ? 'new' : 'again',
    ours,
    baselines,
    ratioOf: 'rowsPerSecond',
    ratioTo: 'hundredByOne',
    checks: { rowsEqual: isRight.every(Boolean) },
    aims: times === 1 ? { [`${AIMED_AT_PER_SECOND} a second`]: perSecond >= AIMED_AT_PER_SECOND } : {},
  });
}

interface Manner {
  /** Its name, which is in those of its capabilities. */
  readonly who: string;
  readonly store: Store;
  /** Capabilities a round. */
  readonly count: number;
}

/** Stores the next capabilities, a transaction a round. */
class Storer implements Contender {
  readonly #manager: ConnectionPoolManager;
  readonly #how: Manner;
  #stored = 0;

  constructor(manager: ConnectionPoolManager, how: Manner) {
    this.#manager = manager;
    this.#how = how;
  }

  async round() {
    const { who, store, count } = this.#how;
    const given = Array.from({ length: count }, (_, at) => showing(who, this.#stored + at));
    const startedAt = performance.now();
    await this.#manager.withTenant({ tenantId: TENANT }, (tx) => store(tx, given));
    const elapsedMs = performance.now() - startedAt;
    this.#stored += count;
    return { latenciesMs: [elapsedMs], elapsedMs, figures: { rowsPerSecond: (count / elapsedMs) * 1000 } };
  }

  isRight(times: number): Promise<boolean> {
    const { who } = this.#how;
    return this.#manager.withTenant({ tenantId: TENANT }, (tx) =>
      isStored(tx, { who, count: this.#stored, times }),
    );
  }
}

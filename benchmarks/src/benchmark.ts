import type { DatabaseUnderTest } from '@agent-agency/db-core/testing';
import type { Case } from './case.ts';

/** What a benchmark gets. */
export interface BenchContext {
  /** A migrated database of its own, which knows `TEST_CONTEXT_KEY` and lets `agent_agency_app` log in. */
  readonly database: DatabaseUnderTest;
  /** Says on standard error what is being measured. */
  readonly note: (line: string) => void;
}

interface Size {
  readonly name: string;
  readonly describe: string;
}

export interface Benchmark {
  readonly name: string;
  readonly describe: string;
  /** From the tiniest, which the tests run. */
  readonly sizes: readonly Size[];
  readonly defaultSize: string;
  /** What a server that is started for it has to run with. */
  readonly serverSettings?: Readonly<Record<string, string>>;
  run(context: BenchContext, size: string): Promise<Case[]>;
}

interface Definition<Plan> extends Pick<Benchmark, 'name' | 'describe' | 'defaultSize' | 'serverSettings'> {
  /** From the tiniest: how much is measured at each size. */
  readonly plans: Readonly<Record<string, Plan & { readonly describe: string }>>;
  run(context: BenchContext, plan: Plan): Promise<Case[]>;
}

/** Makes a benchmark of what it measures and how much of that a size means. */
export function defineBenchmark<Plan>(definition: Definition<Plan>): Benchmark {
  const { name, describe, defaultSize, serverSettings = {}, plans } = definition;
  return {
    name,
    describe,
    defaultSize,
    serverSettings,
    sizes: Object.entries(plans).map(([size, plan]) => ({ name: size, describe: plan.describe })),
    run(context, size) {
      const plan = plans[size];
      if (plan === undefined) throw new RangeError(`${name} has no size ${size}`);
      return definition.run(context, plan);
    },
  };
}

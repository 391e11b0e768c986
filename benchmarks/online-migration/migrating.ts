import { setTimeout } from 'node:timers/promises';
import { withSession } from '@agent-agency/testing';
import type { BenchContext } from '../src/benchmark.ts';
import type { Contender } from '../src/interleave.ts';
import type { Round } from '../src/statistics.ts';
import { checksOf } from './checks.ts';
import { withCopy } from './copies.ts';
import { Load, type LoadResult } from './load.ts';
import type { MigrationRun } from './migrate.ts';
import { longestByPhase } from './phases.ts';

/** The database that every contender gets a copy of. */
export interface Stage {
  readonly url: string;
  readonly agents: number;
  /** Fingerprint of its rows. */
  readonly filled: string;
  readonly note: BenchContext['note'];
}

/** How long the load runs before the migration and after it. */
const MARGIN_MS = 500;

/** One way of migrating a database that is in use. */
export class Migrating implements Contender {
  /** Of all its rounds. */
  readonly checks: Record<string, boolean> = {};
  readonly #name: string;
  readonly #stage: Stage;
  readonly #migrate: (url: string) => Promise<MigrationRun>;

  constructor(name: string, stage: Stage, migrate: (url: string) => Promise<MigrationRun>) {
    this.#name = name;
    this.#stage = stage;
    this.#migrate = migrate;
  }

  async round(): Promise<Round> {
    const { url: source, agents, filled, note } = this.#stage;
    note(this.#name);
    return withCopy(source, async (url) => {
      const load = new Load(url, agents);
      await setTimeout(MARGIN_MS);
      const run = await this.#migrate(url);
      await setTimeout(MARGIN_MS);
      const result = await load.stop();
      for (const failure of new Set(result.failures)) note(`${this.#name}: ${failure}`);
      const checks = await withSession(url, (session) => checksOf(session, filled, { run, load: result }));
      for (const [check, holds] of Object.entries(checks)) {
        this.checks[check] = holds && this.checks[check] !== false;
      }
      return roundOf(run, result);
    });
  }
}

function roundOf({ phases, retries, kills }: MigrationRun, { timed }: LoadResult): Round {
  const startedAt = Math.min(...phases.map((phase) => phase.startedAt));
  const elapsedMs = Math.max(...phases.map((phase) => phase.endedAt)) - startedAt;
  const meanwhile = timed.filter(({ endedAt }) => endedAt >= startedAt);
  const byPhase = Object.entries(longestByPhase(meanwhile, phases));
  return {
    latenciesMs: meanwhile.map((statement) => statement.endedAt - statement.startedAt),
    elapsedMs,
    figures: {
      longestMs: Math.max(...byPhase.map(([, longestMs]) => longestMs)),
      ...Object.fromEntries(byPhase.map(([name, longestMs]) => [`longestIn${name}Ms`, longestMs])),
      tookMs: elapsedMs,
      retries,
      kills,
    },
  };
}

import type { PostgresProxy } from '@agent-agency/testing';
import type { Contender } from '../src/interleave.ts';
import type { Round } from '../src/statistics.ts';
import type { Asker } from './askers.ts';
import { OTHER_TENANTS_ROW, type Statement } from './statements.ts';

/** Asks for rows, one after another, and counts the wrong answers. */
export class Examination implements Contender {
  readonly #asker: Asker;
  readonly #statement: Statement;
  readonly #ids: readonly string[];
  #wrongAnswers = 0;
  #isIsolated = false;
  #roundTrips: number | undefined;

  constructor(asker: Asker, statement: Statement, ids: readonly string[]) {
    this.#asker = asker;
    this.#statement = statement;
    this.#ids = ids;
  }

  get isFaultless(): boolean {
    return this.#wrongAnswers === 0;
  }

  /** Whether another tenant's row stayed hidden when it was asked for by its key. */
  get isIsolated(): boolean {
    return this.#isIsolated;
  }

  /** How often one answer takes the network there and back; known when there was a proxy to count them. */
  get roundTrips(): number | undefined {
    return this.#roundTrips;
  }

  /** Finds out what needs no clock. Nobody else may use the proxy meanwhile. */
  async begin(proxy: PostgresProxy | undefined): Promise<void> {
    this.#isIsolated = (await this.#askForOtherTenant()).length === 0;
    // Only now, because the first answer also took a connection to be made.
    const recording = proxy?.record();
    await this.#askForOtherTenant();
    this.#roundTrips = recording?.roundTrips();
    recording?.stop();
  }

  async round(): Promise<Round> {
    const latenciesMs: number[] = [];
    const startedAt = performance.now();
    for (const id of this.#ids) {
      const askedAt = performance.now();
      const rows = await this.#asker.ask(this.#statement.text, this.#statement.valuesOf(id));
      latenciesMs.push(performance.now() - askedAt);
      if (rows.length !== 1 || rows[0]?.['label'] !== this.#statement.labelOf(id)) this.#wrongAnswers++;
    }
    return { latenciesMs, elapsedMs: performance.now() - startedAt };
  }

  #askForOtherTenant(): ReturnType<Asker['ask']> {
    return this.#asker.ask(OTHER_TENANTS_ROW.text, OTHER_TENANTS_ROW.values);
  }
}

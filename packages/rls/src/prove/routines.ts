import { LOGINS, nameOf, sceneOf, type Actor } from './actors.ts';
import { attempt, type Outcome, type Statement } from './attempt.ts';
import type { Relation, Routine } from './catalogue.ts';
import type { Cell, Stage } from './cells.ts';
import { quoteLiteral, type ProofConnection } from './connection.ts';
import { ROUTINES, EXTENSIONS, type RoutineModel } from './model/routines.ts';
import { TABLES, tenantColumn } from './model/tables.ts';
import { ABRIDGEMENTS, abridgementOf } from './truth.ts';
import { leakOf, refusal, textOf } from './verdicts.ts';
import { TENANTS } from './world/tenants.ts';

/** Calls of a routine by somebody, and what came of them where nobody else has rows. */
interface Call {
  readonly routine: Routine;
  readonly actor: Actor;
  readonly statements: readonly Statement[];
}

/** Routines that are proven one by one: those of extensions compute on what they are given. */
export const isProven = ({ extension }: Routine): boolean =>
  extension === null || !EXTENSIONS.includes(extension);

/**
 * What functions tell and do. The measure is the database itself without the other tenants' rows: the same call by the same
 * role has to come to the same there.
 */
export class RoutineProof {
  readonly #stage: Stage;
  readonly #relations: readonly Relation[];
  /** By routine and actor. */
  readonly #alone = new Map<string, readonly Outcome[]>();
  #fingerprints = new Map<string, string>();

  constructor(stage: Stage, relations: readonly Relation[]) {
    this.#stage = stage;
    this.#relations = relations;
  }

  /** Calls everything in databases without the others. */
  async prepare(routines: readonly Routine[]): Promise<void> {
    if (routines.length === 0) return;
    for (const { name } of routines) {
      const model = ROUTINES[name];
      if (model === undefined) continue;
      const sql = this.#fingerprint(model);
      this.#fingerprints.set(name, await this.#stage.truth.of(sql));
    }
    for (const abridgement of ABRIDGEMENTS) {
      const calls = this.#calls(routines).filter(
        ({ actor }) => abridgementOf(actor.context, 'own and sharing') === abridgement,
      );
      await this.#stage.truth.abridged(abridgement, async () => {
        const outcomes = await this.#attempt(this.#stage.connection, calls);
        for (const [at, call] of calls.entries()) this.#alone.set(keyOf(call), outcomes[at] ?? []);
      });
    }
  }

  async cells(routines: readonly Routine[]): Promise<Cell[]> {
    const calls = this.#calls(routines);
    const outcomes = await this.#attempt(this.#stage.connection, calls);
    return [...calls.map((call, at) => this.#cell(call, outcomes[at] ?? [])), ...routines.map(natureCell)];
  }

  #calls(routines: readonly Routine[]): Call[] {
    return LOGINS.flatMap((actor) =>
      routines.map((routine) => ({ routine, actor, statements: this.#statements(routine, actor) })),
    );
  }

  #statements({ name, nullCall }: Routine, { role, context }: Actor): Statement[] {
    const model = ROUTINES[name];
    if (model?.execute.includes(role) !== true) return [{ sql: nullCall }];
    const calls = model.calls.length === 0 ? [nullCall] : model.calls;
    const isWatched = model.isDefiner && WATCHED.has(context.name);
    return calls.map((sql) => ({ sql, ...(isWatched ? { after: this.#fingerprint(model) } : {}) }));
  }

  #cell(call: Call, outcomes: readonly Outcome[]): Cell {
    const { routine, actor, statements } = call;
    const model = ROUTINES[routine.name];
    const leak = leakOf(outcomes, statements);
    const common = {
      ...{ subject: routine.name, verb: 'call' as const, actor: nameOf(actor) },
      ...(leak === undefined ? {} : { leak }),
    };
    if (model?.execute.includes(actor.role) !== true)
      return { ...common, expected: refusal('42501'), actual: toldBy(outcomes, false) };
    const alone = this.#alone.get(keyOf(call)) ?? [];
    const crosses = model.crosses !== undefined && actor.context.acceptance === 'accepted';
    const told = crosses
      ? { expected: 'crosses tenants', actual: 'crosses tenants' }
      : { expected: toldBy(alone, model.isRandom), actual: toldBy(outcomes, model.isRandom) };
    const untouched = this.#fingerprints.get(routine.name);
    const touches = outcomes.some(({ after }) => typeof after === 'string' && after !== untouched);
    return { ...common, ...told, ...(touches ? { actual: 'writes rows of other tenants' } : {}) };
  }

  /** What the rows of everybody else come to, but where the routine may write for them. */
  #fingerprint({ writesFor }: RoutineModel): string {
    const tables = this.#relations.filter(
      ({ name }) => TABLES[name]?.kind === 'tenant' && !writesFor.includes(name),
    );
    const others = tables.map(
      ({ name }) => `
        select count(*) || ' ' || coalesce(sum(hashtext(t::text)), 0) as print from ${name} as t
        where ${tenantColumn(name)} <> ${quoteLiteral(TENANTS.own)}`,
    );
    return `select md5(string_agg(print, ' ')) from (${others.join(' union all ')}) as prints`;
  }

  /** By actor, one round trip. */
  async #attempt(connection: ProofConnection, calls: readonly Call[]): Promise<Outcome[][]> {
    const outcomes = await attempt(
      connection,
      calls.map(({ actor, statements }) => ({
        ...sceneOf(actor, this.#stage.world, 'agent_profiles'),
        statements,
      })),
    );
    return outcomes;
  }
}

/** Contexts in which it is looked at what a definer writes: the others differ in nothing that it could use. */
const WATCHED = new Set(['own', 'none']);

const keyOf = ({ routine, actor }: Call): string => `${routine.name} ${nameOf(actor)}`;

function toldBy(outcomes: readonly Outcome[], isRandom: boolean): string {
  return outcomes
    .map(({ value, error }) => {
      if (error !== undefined)
        return `${refusal(error.state)}${error.state === '42501' ? '' : ` ${textOf(error)}`}`;
      return isRandom ? 'a value' : (value ?? 'null');
    })
    .join(', ');
}

const PINNED = /^search_path=pg_catalog(, public)?(, app)?, pg_temp$/;
/** How the planner goes about it, and no more. */
const PLANNING = /^(?:enable_\w+|jit|max_parallel_workers_per_gather|plan_cache_mode|work_mem|hnsw\.\w+)=/;

/** Whose rights it has, and what it finds by which name. */
function natureCell({ name, isDefiner, owner, settings }: Routine): Cell {
  const [path, ...more] = settings.filter((setting) => !PLANNING.test(setting));
  const isPinned = more.length === 0 && PINNED.test(path ?? '');
  const model = ROUTINES[name];
  return {
    ...{ subject: name, verb: 'nature', actor: 'everybody' },
    expected:
      model?.isDefiner === true ? 'agent_agency_service’s rights, its path pinned' : 'the caller’s rights',
    actual: isDefiner
      ? `${owner}’s rights, its path ${isPinned ? 'pinned' : 'the caller’s'}`
      : 'the caller’s rights',
  };
}

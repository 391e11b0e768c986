import { RlsError } from '../errors.ts';
import { LOGINS, OTHERS, TELLING_ACTORS, type Actor } from './actors.ts';
import { prepareAttempts } from './attempt.ts';
import { readCatalogue, type Catalogue, type Relation } from './catalogue.ts';
import { passes, relationCells, type Cell, type Stage } from './cells.ts';
import { queryRows, undone, type ProofConnection } from './connection.ts';
import { copyCells } from './copies.ts';
import { coverageOf, type Coverage } from './coverage.ts';
import { openLayer } from './layers.ts';
import { TABLES } from './model/tables.ts';
import { LAYERS, type Layer } from './model/visible.ts';
import { mutantsOf } from './mutants/mutants.ts';
import { placeOf, tryMutants, type MutantVerdict } from './mutants/try-mutants.ts';
import { rightsCells } from './rights.ts';
import { isProven, RoutineProof } from './routines.ts';
import { Truth } from './truth.ts';
import { viewStatements } from './verbs/view.ts';
import { emptyTables, makeWorld } from './world/make-world.ts';

export interface ProveOptions {
  /** Weakens the database in every way known, one at a time, and looks whether the proof notices. */
  readonly mutate?: boolean;
  /** Only this relation or function. */
  readonly only?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: 'subjects' | 'mutants', done: number, total: number) => void;
}

/** What was tried, and what came of it. */
export interface Proof {
  readonly catalogue: Catalogue;
  readonly cells: readonly Cell[];
  readonly coverage: Coverage;
  /** Only when mutants were asked for. */
  readonly mutants?: readonly MutantVerdict[];
}

/** Everything that a part of the proof works with. */
export interface ProofStage extends Stage {
  /** What is to be proven. */
  readonly proven: Catalogue;
  /** Everything that there is. */
  readonly catalogue: Catalogue;
  readonly routines: RoutineProof;
}

/**
 * Tries everything that roles can do to relations and functions in every context, and compares it with a model that does not
 * look at the policies.
 *
 * **Runs** one transaction that is rolled back, as a superuser who becomes the roles: use a database that nobody else is in.
 * `mutate` changes the schema meanwhile, and takes locks for it.
 * **Cost** some 65,000 cells, 20 s; with `mutate` ten minutes.
 *
 * @throws {RlsError} `NOT_SUPERUSER`; `SUBJECT_UNKNOWN` for what `only` names.
 */
export async function proveIsolation(
  connection: ProofConnection,
  options: ProveOptions = {},
): Promise<Proof> {
  await connection.query(BEGIN);
  try {
    const stage = await prepare(connection, options.only);
    const { proven: catalogue } = stage;
    const cells = await proveLayers(stage, catalogue, options);
    cells.push(...(await rightsCells(connection, catalogue, options.only === undefined)));
    cells.push(...(await stage.routines.cells(catalogue.routines)));
    const empty = await emptyTables(connection, catalogue.relations);
    const coverage = coverageOf({ ...catalogue, empty }, cells);
    if (options.mutate !== true) return { catalogue, cells, coverage };
    const mutants = await mutantsOf(connection, catalogue, options.only === undefined);
    const different = new Set(cells.filter((cell) => !passes(cell)).map(placeOf));
    return {
      catalogue,
      cells,
      coverage,
      mutants: await tryMutants({ ...stage, different }, mutants, options),
    };
  } finally {
    await connection.query('rollback');
  }
}

// Whoever comes back to being the administrator comes back to this value: PGlite's own is empty, and nobody.
const BEGIN = `begin;
select set_config('session_authorization', session_user::text, true);
set local search_path = public;
set local client_min_messages = error;
set local max_parallel_workers_per_gather = 0;
set local jit = off;
set local statement_timeout = 0;
set local lock_timeout = 0;
set local idle_in_transaction_session_timeout = 0`;

async function prepare(connection: ProofConnection, name: string | undefined): Promise<ProofStage> {
  await assertSuperuser(connection);
  await prepareAttempts(connection);
  const all = await readCatalogue(connection);
  const catalogue = { ...all, routines: all.routines.filter(isProven) };
  const world = await makeWorld(connection, catalogue.relations);
  const truth = new Truth(connection, catalogue.relations);
  const proven = only(catalogue, name);
  await truth.askAbridged(viewStatements(proven.relations));
  const stage: Stage = { connection, world, truth, layer: 'both' };
  const routines = new RoutineProof(stage, catalogue.relations);
  await routines.prepare(proven.routines);
  return { ...stage, catalogue, proven, routines };
}

async function assertSuperuser(connection: ProofConnection): Promise<void> {
  const [isSuperuser] = await queryRows(
    connection,
    'select rolsuper as row from pg_roles where rolname = session_user',
  );
  if (isSuperuser === true) return;
  throw new RlsError(
    'NOT_SUPERUSER',
    'a proof has to become every role and see every row: use a superuser’s login',
  );
}

function only(all: Catalogue, name: string | undefined): Catalogue {
  if (name === undefined) return all;
  const relations = all.relations.filter((it) => it.name === name);
  const routines = all.routines.filter((it) => it.name === name);
  if (relations.length + routines.length === 0)
    throw new RlsError('SUBJECT_UNKNOWN', `there is no relation or function ${name} to be proven`);
  return { relations, routines };
}

/** Who tries what on a relation. The roles that nobody logs in as have to do with tables only. */
function actorsOf({ name }: Relation, layer: Layer): readonly Actor[] {
  if (layer !== 'both') return TELLING_ACTORS;
  return TABLES[name]?.kind === 'tenant' ? [...LOGINS, ...OTHERS] : LOGINS;
}

async function proveLayers(
  stage: ProofStage,
  { relations }: Catalogue,
  options: ProveOptions,
): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const [done, relation] of relations.entries()) {
    options.signal?.throwIfAborted();
    options.onProgress?.('subjects', done, relations.length);
    for (const layer of LAYERS) {
      if (layer !== 'both' && TABLES[relation.name]?.kind !== 'tenant') continue;
      cells.push(
        ...(await undone(stage.connection, async () => {
          await openLayer(stage.connection, relation, layer);
          return relationCells({ ...stage, layer }, relation, actorsOf(relation, layer));
        })),
      );
    }
  }
  cells.push(...(await copyCells(stage, relations)));
  options.onProgress?.('subjects', relations.length, relations.length);
  return cells;
}

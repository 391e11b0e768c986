import { LOGINS, OTHERS, TELLING_ACTORS, type Actor } from '../actors.ts';
import { readCatalogue } from '../catalogue.ts';
import { passes, relationCells, type Cell } from '../cells.ts';
import { undone } from '../connection.ts';
import { openLayer } from '../layers.ts';
import { TABLES } from '../model/tables.ts';
import { LAYERS } from '../model/visible.ts';
import type { ProofStage, ProveOptions } from '../prove.ts';
import { rightsCells } from '../rights.ts';
import { equivalenceOf } from './equivalents.ts';
import type { Mutant } from './mutants.ts';

/** What became of a mutant. */
export interface MutantVerdict {
  readonly mutant: Mutant;
  /** The first cell that differs. */
  readonly killedBy?: Cell;
  /** Why no cell can differ. */
  readonly equivalent?: string;
}

export const survives = ({ killedBy, equivalent }: MutantVerdict): boolean =>
  killedBy === undefined && equivalent === undefined;

export interface MutantStage extends ProofStage {
  /** Cells that differ without any mutant. */
  readonly different: ReadonlySet<string>;
}

/** Weakens the database in one way at a time, until a cell differs. */
export async function tryMutants(
  stage: MutantStage,
  mutants: readonly Mutant[],
  { signal, onProgress }: Pick<ProveOptions, 'signal' | 'onProgress'>,
): Promise<MutantVerdict[]> {
  const verdicts: MutantVerdict[] = [];
  for (const [done, mutant] of mutants.entries()) {
    signal?.throwIfAborted();
    onProgress?.('mutants', done, mutants.length);
    const killedBy = await undone(stage.connection, async () => {
      for (const sql of mutant.sql) await stage.connection.query(sql);
      return firstDifference(stage, mutant);
    });
    const equivalent = equivalenceOf(mutant);
    verdicts.push({
      mutant,
      ...(killedBy === undefined ? {} : { killedBy }),
      ...(equivalent === undefined ? {} : { equivalent }),
    });
  }
  onProgress?.('mutants', mutants.length, mutants.length);
  return verdicts;
}

async function firstDifference(stage: MutantStage, mutant: Mutant): Promise<Cell | undefined> {
  const suspects = new Set([mutant.subject, ...(mutant.shows ?? [])]);
  for (const look of LOOKS[mutant.kind]) {
    for await (const cells of look(stage, { ...mutant, suspects })) {
      const cell = cells.find((it) => !passes(it) && !stage.different.has(placeOf(it)));
      if (cell !== undefined) return cell;
    }
  }
  return undefined;
}

/** A cell that differs anyway shows no mutant. */
export const placeOf = ({ subject, verb, actor }: Cell): string => `${verb} of ${subject} as ${actor}`;

interface Suspicion extends Mutant {
  readonly suspects: ReadonlySet<string>;
}

/** Cells that could show it, the likeliest first. */
type Look = (stage: ProofStage, suspicion: Suspicion) => AsyncGenerator<Cell[]>;

const looksAt = (actors: readonly Actor[]): Look =>
  async function* (stage, { suspects, layers = LAYERS }) {
    for (const layer of layers) {
      for (const relation of stage.catalogue.relations.filter(({ name }) => suspects.has(name))) {
        const isTable = TABLES[relation.name]?.kind === 'tenant';
        if (layer !== 'both' && !isTable) continue;
        const who = isTable ? actors : actors.filter((actor) => !OTHERS.includes(actor));
        yield await undone(stage.connection, async () => {
          await openLayer(stage.connection, relation, layer);
          return relationCells({ ...stage, layer }, relation, who);
        });
      }
    }
  };

const rights: Look = async function* ({ connection, catalogue }, { suspects }) {
  const only = <T extends { readonly name: string }>(all: readonly T[]): T[] =>
    all.filter(({ name }) => suspects.has(name));
  const cells = await rightsCells(connection, {
    relations: only(catalogue.relations),
    routines: only(catalogue.routines),
  });
  yield cells;
};

const routine: Look = async function* ({ connection, routines }, { suspects }) {
  const { routines: now } = await readCatalogue(connection);
  yield await routines.cells(now.filter(({ name }) => suspects.has(name)));
};

const LOOKS: Readonly<Record<Mutant['kind'], readonly Look[]>> = {
  policy: [looksAt(TELLING_ACTORS)],
  'row level security': [looksAt(TELLING_ACTORS)],
  view: [looksAt(TELLING_ACTORS), rights],
  grant: [rights, looksAt(TELLING_ACTORS)],
  function: [rights, routine],
  'condition of a function': [routine, looksAt([...LOGINS, ...OTHERS])],
  surroundings: [rights],
};

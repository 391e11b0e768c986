import { nameOf, resourceOf, sceneOf, type Actor } from './actors.ts';
import { attempt, type Outcome, type Statement } from './attempt.ts';
import type { Relation } from './catalogue.ts';
import type { ProofConnection } from './connection.ts';
import { TABLES } from './model/tables.ts';
import type { Layer } from './model/visible.ts';
import type { Truth } from './truth.ts';
import { leakOf } from './verdicts.ts';
import { internalTrials } from './verbs/internal.ts';
import { tableTrials } from './verbs/table.ts';
import { viewTrials } from './verbs/view.ts';
import type { World } from './world/make-world.ts';

/** What is done to a relation. */
export const VERBS = [
  'select',
  'insert',
  'update',
  'give away',
  'delete',
  'upsert',
  'truncate',
  'references',
  'errors',
  'copy to',
  'copy from',
] as const;
export type Verb = (typeof VERBS)[number];

/** One way of doing it: statements, and what has to come of them. */
export interface VerbTrial {
  readonly verb: Verb;
  readonly statements: readonly Statement[];
  /** What the model expects, in the words of {@link VerbTrial.judge}. */
  readonly expected: string;
  readonly judge: (outcomes: readonly Outcome[]) => string;
}

/** A cell of the matrix. */
export interface Cell {
  readonly subject: string;
  readonly verb: Verb | 'rights' | 'nature' | 'call';
  readonly actor: string;
  readonly expected: string;
  readonly actual: string;
  /** An error that tells of another tenant. */
  readonly leak?: string;
}

export const passes = ({ expected, actual, leak }: Cell): boolean =>
  expected === actual && leak === undefined;

/** What trials of a relation need to know. */
export interface Stage {
  readonly connection: ProofConnection;
  readonly world: World;
  readonly truth: Truth;
  readonly layer: Layer;
}

/** Everything that actors do to a relation but `copy`, in one round trip. */
export async function relationCells(
  stage: Stage,
  relation: Relation,
  actors: readonly Actor[],
): Promise<Cell[]> {
  const { connection, world } = stage;
  const model = TABLES[relation.name];
  const planned: { actor: Actor; trials: VerbTrial[] }[] = [];
  for (const actor of actors) planned.push({ actor, trials: await trialsOf(stage, relation, actor) });
  const answers = await attempt(
    connection,
    planned.map(({ actor, trials }) => ({
      ...sceneOf(actor, world, resourceOf(relation.name, model)),
      statements: trials.flatMap(({ statements }) => statements),
    })),
  );
  return planned.flatMap(({ actor, trials }, at) => {
    const outcomes = [...(answers[at] ?? [])];
    return trials.map(({ verb, statements, expected, judge }) => {
      const own = outcomes.splice(0, statements.length);
      const leak = leakOf(own, statements);
      return {
        ...{
          subject: relation.name,
          verb,
          actor: actorName(actor, stage.layer),
          expected,
          actual: judge(own),
        },
        ...(leak === undefined ? {} : { leak }),
      };
    });
  });
}

const actorName = (actor: Actor, layer: Layer): string =>
  layer === 'both' ? nameOf(actor) : `${nameOf(actor)} (${layer} alone)`;

function trialsOf(stage: Stage, relation: Relation, actor: Actor): Promise<VerbTrial[]> {
  const model = TABLES[relation.name];
  if (relation.kind === 'view') return Promise.resolve(viewTrials(stage, relation, actor));
  if (model?.kind === 'tenant') return tableTrials(stage, relation, actor);
  return Promise.resolve(internalTrials(relation));
}

import { LOGINS, nameOf, resourceOf, ROLES, sceneOf, type Actor } from './actors.ts';
import type { Relation } from './catalogue.ts';
import type { Cell, Stage, Verb } from './cells.ts';
import { quoteLiteral, undone, type ProofConnection } from './connection.ts';
import { DENIED, verdictOf } from './model/visible.ts';
import { TABLES, tenantColumn } from './model/tables.ts';
import { refusal } from './verdicts.ts';

/** What came of a copy, and what was to come of it. */
interface Copy {
  readonly verb: Verb;
  readonly sql: string;
  readonly expected: string;
}

/**
 * `copy`, which no function can run: each is two or three round trips. What it shows is counted by the server; it goes to
 * nobody.
 */
export async function copyCells(
  stage: Stage,
  relations: readonly Relation[],
  actors: readonly Actor[] = LOGINS,
): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const actor of actors) {
    for (const resource of new Set(relations.map(({ name }) => resourceOf(name, TABLES[name])))) {
      const here = relations.filter(({ name }) => resourceOf(name, TABLES[name]) === resource);
      const copies = await Promise.all(here.map((relation) => copiesOf(stage, relation, actor)));
      await undone(stage.connection, async () => {
        await become(stage, actor, resource);
        for (const [at, relation] of here.entries()) {
          for (const { verb, sql, expected } of copies[at] ?? []) {
            const actual = await outcomeOf(stage.connection, sql);
            const isAny = expected === 'refused' && actual.startsWith('refused');
            cells.push({
              ...{ subject: relation.name, verb, actor: nameOf(actor), expected },
              actual: isAny ? 'refused' : actual,
            });
          }
        }
      });
    }
  }
  return cells;
}

async function become({ connection, world }: Stage, actor: Actor, resource: string): Promise<void> {
  const { settings } = sceneOf(actor, world, resource);
  for (const [name, value] of Object.entries(settings))
    await connection.query('select set_config($1, $2, true)', [name, value]);
  await connection.query(`set local session authorization ${quoteLiteral(ROLES[actor.role])}`);
}

async function copiesOf(stage: Stage, { name, kind }: Relation, actor: Actor): Promise<Copy[]> {
  const model = TABLES[name];
  if (kind !== 'table' || model?.kind !== 'tenant') {
    return (['to', 'from'] as const).map((way) => ({
      ...{ verb: `copy ${way}` as const, expected: 'refused' },
      sql: `copy ${name} ${way} ${way === 'to' ? 'stdout' : 'stdin'}`,
    }));
  }
  const columns = (listed: readonly string[] | undefined): string =>
    listed === undefined ? '' : ` (${listed.join(', ')})`;
  const reading = verdictOf(model, 'select', { ...actor, layer: stage.layer });
  const adding = verdictOf(model, 'insert', { ...actor, layer: stage.layer });
  const isAllowed = actor.role === 'app' && model.app.includes('insert') && adding !== DENIED;
  return [
    {
      verb: 'copy to',
      sql: `copy ${name}${columns(model.appColumns.select)} to stdout`,
      expected:
        'rows' in reading
          ? await stage.truth.of(
              `select count(*)::text from ${name} where ${reading.rows.replaceAll('{tenant}', tenantColumn(name))}`,
            )
          : refusal('suspended' in reading ? 'AATSU' : reading.refused.join()),
    },
    {
      verb: 'copy from',
      sql: `copy ${name}${columns(model.appColumns.insert)} from stdin`,
      // Row level security does not go with it.
      expected: refusal(isAllowed ? '0A000' : '42501'),
    },
  ];
}

async function outcomeOf(connection: ProofConnection, sql: string): Promise<string> {
  await connection.query('savepoint copy');
  try {
    const { rowCount } = await connection.query(sql);
    if (typeof rowCount !== 'number')
      throw new TypeError('this driver does not say how many rows were copied');
    return String(rowCount);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return refusal(String(error.code));
  } finally {
    await connection.query('rollback to savepoint copy; release savepoint copy');
  }
}

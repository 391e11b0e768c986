import type { Actor } from '../actors.ts';
import type { Relation } from '../catalogue.ts';
import type { Stage, VerbTrial } from '../cells.ts';
import { quoteLiteral } from '../connection.ts';
import { CONTEXTS, type Context } from '../contexts.ts';
import { OPERATORS_VIEWS, TENANT_VIEWS } from '../model/tables.ts';
import { abridgementOf } from '../truth.ts';
import { refusal, valueOrRefusal } from '../verdicts.ts';
import { TENANTS } from '../world/tenants.ts';
import { internalTrials } from './internal.ts';

/** What an actor does to a view: it reads what a database without the other tenants' rows would show. */
export function viewTrials(stage: Stage, relation: Relation, actor: Actor): VerbTrial[] {
  const isLogin = actor.role === 'app' || actor.role === 'readonly';
  const refused = internalTrials(relation);
  if (!isLogin || OPERATORS_VIEWS.includes(relation.name) || !TENANT_VIEWS.includes(relation.name))
    return refused;
  const [reading, erring] = statementsOf(relation, actor.context);
  const { acceptance } = actor.context;
  const expected = (sql: string): string =>
    acceptance === 'suspended'
      ? refusal('AATSU')
      : stage.truth.in(abridgementOf(actor.context, 'own and shared'), sql);
  return [
    {
      verb: 'select',
      statements: [{ sql: reading }],
      expected: expected(reading),
      judge: ([outcome]) => valueOrRefusal(outcome),
    },
    ...(erring === undefined
      ? []
      : [
          {
            verb: 'errors' as const,
            statements: [{ sql: erring }],
            expected: expected(erring),
            judge: ([outcome]: Parameters<VerbTrial['judge']>[0]) => valueOrRefusal(outcome),
          },
        ]),
    ...refused.filter(({ verb }) => verb !== 'select' && verb !== 'errors'),
  ];
}

/** What {@link Truth} has to be asked in advance. */
export function viewStatements(relations: readonly Relation[]): string[] {
  return relations
    .filter(({ kind, name }) => kind === 'view' && TENANT_VIEWS.includes(name))
    .flatMap((relation) => [
      ...new Set(
        CONTEXTS.flatMap((context) => statementsOf(relation, context).filter((it) => it !== undefined)),
      ),
    ]);
}

/** Its rows, and an error that rows of other tenants provoke. Not every view says whose its rows are. */
function statementsOf({ name, columns }: Relation, { isNamed, target }: Context): [string, string?] {
  const hasTenant = columns.includes('tenant_id');
  const where = isNamed && hasTenant ? ` where tenant_id = ${quoteLiteral(TENANTS[target])}` : '';
  const visible = `tenant_id in (${[TENANTS.own, TENANTS.sharing].map(quoteLiteral).join(', ')})`;
  const reading = `select count(*) || ' rows ' || md5(coalesce(string_agg(shown::text, ' ' order by shown::text), ''))
      from (select * from ${name}${where}) as shown`;
  if (!hasTenant) return [reading];
  return [
    reading,
    `select count(*)::text from ${name} where 1 / (case when ${visible} then 1 else 0 end) = 1`,
  ];
}

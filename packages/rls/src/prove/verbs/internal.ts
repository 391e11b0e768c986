import type { Relation } from '../catalogue.ts';
import type { VerbTrial } from '../cells.ts';
import { quoteName } from '../connection.ts';
import { valueOrAnyRefusal } from '../verdicts.ts';

/** What nobody may do to tables of operators, materialized views, partitions and sequences. */
export function internalTrials(relation: Relation): VerbTrial[] {
  const trial = (verb: VerbTrial['verb'], sql: string): VerbTrial => ({
    verb,
    statements: [{ sql }],
    expected: 'refused',
    judge: ([outcome]) => valueOrAnyRefusal(outcome),
  });
  const { name, kind, columns } = relation;
  if (kind === 'sequence')
    return [
      trial('select', `select last_value::text from ${name}`),
      trial('insert', `select nextval('${name}')::text`),
      trial('update', `select setval('${name}', 1)::text`),
      trial('delete', `delete from ${name}`),
      trial('truncate', `truncate ${name}`),
      // Whoever may not read it gets an error up to PostgreSQL 17, and nothing from 18 on.
      {
        ...trial('errors', `select pg_sequence_last_value('${name}')::text`),
        judge: ([outcome]) => (outcome?.value === null ? 'refused' : valueOrAnyRefusal(outcome)),
      },
    ];
  const column = quoteName(columns[0] ?? 'tenant_id');
  return [
    trial('select', `select count(*)::text from ${name}`),
    trial('insert', `insert into ${name} default values`),
    trial('update', `update ${name} set ${column} = ${column}`),
    trial('delete', `delete from ${name}`),
    trial('upsert', `insert into ${name} default values on conflict do nothing`),
    trial('truncate', `truncate ${name} cascade`),
    trial(
      'errors',
      `select count(*)::text from ${name} where 1 / (case when ${column} is null then 1 else 0 end) = 1`,
    ),
  ];
}

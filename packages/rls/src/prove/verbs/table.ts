import type { Actor } from '../actors.ts';
import type { Outcome } from '../attempt.ts';
import type { Relation } from '../catalogue.ts';
import type { Stage, Verb, VerbTrial } from '../cells.ts';
import { quoteLiteral, quoteName } from '../connection.ts';
import { TABLES, tenantColumn, type Condition, type Right, type TenantTable } from '../model/tables.ts';
import { modelIn, verdictOf, type Verdict } from '../model/visible.ts';
import { refusal, textOf, valueOrRefusal } from '../verdicts.ts';
import { insertion } from '../world/make-world.ts';
import { FOREIGN, type Row, type RowMaker } from '../world/row-maker.ts';
import { rowMakerOf } from '../world/rows.ts';
import { TENANTS } from '../world/tenants.ts';

/** A table with its maker and its model, and who asks. */
interface Asked {
  readonly stage: Stage;
  readonly relation: Relation;
  readonly model: TenantTable;
  readonly maker: RowMaker;
  readonly actor: Actor;
  /** Names no tenant, whatever the context. */
  readonly isBlind?: true;
}

/** What an actor does to a table of tenants. Without a maker of its rows there is nothing to do it to. */
export async function tableTrials(stage: Stage, relation: Relation, actor: Actor): Promise<VerbTrial[]> {
  const known = TABLES[relation.name];
  const maker = rowMakerOf(relation.name);
  if (known?.kind !== 'tenant' || maker === undefined) return [];
  const model = modelIn(stage.layer, known);
  const asked: Asked = { stage, relation, model, maker, actor };
  const isLogin = actor.role === 'app' || actor.role === 'readonly';
  return [
    await reading(asked),
    await inserting(asked),
    await changing(asked, 'update'),
    ...(await givingAway(asked)),
    await changing(asked, 'delete'),
    ...(isLogin
      ? [await upserting(asked), truncating(relation), ...(await referring(asked)), await erring(asked)]
      : []),
  ];
}

const target = ({ actor }: Asked): string => actor.maintains ?? TENANTS[actor.context.target];

/** Only who names a tenant asks for its rows alone. */
function named({ relation, actor, isBlind }: Asked): string {
  const isNamed = actor.context.isNamed && isBlind !== true;
  return isNamed
    ? ` where ${tenantColumn(relation.name)} = ${quoteLiteral(TENANTS[actor.context.target])}`
    : '';
}

async function reading(asked: Asked): Promise<VerbTrial> {
  const { name } = asked.relation;
  return {
    verb: 'select',
    statements: [{ sql: owners(`select ${tenantColumn(name)} as owner from ${name}${named(asked)}`) }],
    expected: await expectedRows(asked, 'select'),
    judge: ([outcome]) => valueOrRefusal(outcome),
  };
}

/** Rows, and whose they were. */
async function changing(asked: Asked, verb: 'update' | 'delete'): Promise<VerbTrial> {
  const { name } = asked.relation;
  const column = changeable(asked);
  const change = verb === 'delete' ? `delete from ${name}` : `update ${name} set ${column} = ${column}`;
  const seeing = {
    sql: `with changed as (${change}${named(asked)} returning ${tenantColumn(name)} as owner)
      ${owners('select owner from changed')}`,
  };
  const rows = await expectedRows(asked, verb);
  const expected = keptByReferences(asked, verb, rows);
  if (verb === 'update') {
    return { verb, statements: [seeing], expected, judge: ([outcome]) => valueOrRefusal(outcome) };
  }
  // Without a look at them the policies for reading have no say.
  const blindly = { sql: `delete from ${name}`, counts: true as const };
  const blind = await expectedRows({ ...asked, isBlind: true }, verb);
  const count = blind.startsWith('{') ? String(sum(blind)) : blind;
  return {
    verb,
    statements: [seeing, blindly],
    expected: `${expected}, blindly ${keptByReferences(asked, verb, blind) === blind ? count : refusal('23503')}`,
    judge: ([seen, unseen]) => `${valueOrRefusal(seen)}, blindly ${valueOrRefusal(unseen)}`,
  };
}

function sum(rows: string): number {
  return Object.values(JSON.parse(rows) as Record<string, number>).reduce((total, count) => total + count, 0);
}

/** What rows of other tables refer to stays. */
function keptByReferences({ model }: Asked, verb: 'update' | 'delete', rows: string): string {
  const isKept = verb === 'delete' && model.isReferred && rows.startsWith('{') && rows !== '{}';
  return isKept ? refusal('23503') : rows;
}

/**
 * Nobody gives a row to another tenant. It names no column that is read: then the policies for reading have no say, and those
 * for writing have to refuse by themselves.
 */
async function givingAway(asked: Asked): Promise<VerbTrial[]> {
  const { stage, relation, model, actor } = asked;
  const { name } = relation;
  const tenant = actor.maintains === TENANTS.other ? TENANTS.sharing : TENANTS.other;
  if (actor.role === 'service' || actor.role === 'owner') return [];
  const verdict = verdictOf(model, 'update', { ...actor, layer: stage.layer });
  const mayTouch = actor.role !== 'app' || model.appColumns.update === undefined;
  const rows = mayTouch && 'rows' in verdict ? filled(asked, verdict.rows, tenantColumn(name)) : undefined;
  const held =
    rows !== undefined && (await stage.truth.of(`select count(*)::text from ${name} where ${rows}`)) === '0';
  return [
    {
      verb: 'give away',
      statements: [
        { sql: `update ${name} set ${tenantColumn(name)} = ${quoteLiteral(tenant)}`, counts: true },
      ],
      expected: held ? '0' : kept(model, mayTouch, verdict),
      judge: ([outcome]) => valueOrRefusal(outcome),
    },
  ];
}

function kept({ keepsOwner }: TenantTable, mayTouch: boolean, verdict: Verdict): string {
  if (!mayTouch) return refusal('42501');
  return 'rows' in verdict ? refusal(keepsOwner ?? '42501') : refusalOf(verdict);
}

/** A column that may be changed, if any may. */
function changeable({ relation, model, actor }: Asked): string {
  const columns = { app: model.appColumns.update, service: model.serviceUpdates };
  return (
    (actor.role in columns ? columns[actor.role as keyof typeof columns]?.[0] : undefined) ??
    tenantColumn(relation.name)
  );
}

/** Rows with only the columns that the application may give a value. */
function given({ maker, model, actor }: Asked): RowMaker {
  const columns = actor.role === 'app' ? model.appColumns.insert : undefined;
  if (columns === undefined) return maker;
  const only = (row: Row): Row =>
    Object.fromEntries(Object.entries(row).filter(([name]) => columns.includes(name)));
  return { ...maker, row: (n, tenant) => only(maker.row(n, tenant)) };
}

/** How many rows of each tenant. */
const owners = (rows: string): string =>
  `select coalesce(jsonb_object_agg(owner, rows)::text, '{}') from (
    select owner, count(*) as rows from (${rows}) as row group by owner
  ) as owned`;

async function expectedRows(asked: Asked, right: Right): Promise<string> {
  const { stage, relation, model, actor } = asked;
  const verdict = verdictOf(model, right, { ...actor, layer: stage.layer });
  if (!('rows' in verdict)) return refusalOf(verdict);
  const { name } = relation;
  const all = `select ${tenantColumn(name)} as owner from ${name}${named(asked)}`;
  const condition = filled(asked, verdict.rows, tenantColumn(name));
  return stage.truth.of(owners(`${all} ${named(asked) === '' ? 'where' : 'and'} ${condition}`));
}

function filled({ actor }: Asked, condition: Condition, tenant: string): string {
  const maintained = actor.maintains === undefined ? 'null' : quoteLiteral(actor.maintains);
  return condition.replaceAll('{tenant}', tenant).replaceAll('{maintained}', maintained);
}

function refusalOf(verdict: Exclude<Verdict, { rows: string }>): string {
  return refusal('suspended' in verdict ? 'AATSU' : verdict.refused.join('|'));
}

/** What an insert of a row for a tenant comes to before keys are looked at. */
async function expectedInsert(asked: Asked, tenant: string, accepted: string): Promise<string> {
  const { stage, model, actor } = asked;
  const verdict = verdictOf(model, 'insert', { ...actor, layer: stage.layer });
  if (!('rows' in verdict)) return refusalOf(verdict);
  const condition = filled(asked, verdict.rows, quoteLiteral(tenant));
  return (await stage.truth.of(`select ${condition}`)) === 'true' ? accepted : refusal('42501');
}

/** The row has the keys of rows of every other tenant: they must not be in its way. */
async function inserting(asked: Asked): Promise<VerbTrial> {
  const { maker } = asked;
  return {
    verb: 'insert',
    statements: [{ sql: insertion(given(asked), { n: FOREIGN, tenant: target(asked) }), counts: true }],
    expected: await expectedInsert(asked, target(asked), maker.isSingle === true ? refusal('23505') : '1'),
    judge: ([outcome]) => valueOrRefusal(outcome),
  };
}

async function upserting(asked: Asked): Promise<VerbTrial> {
  const { relation, model, actor } = asked;
  const key = relation.primaryKey.map(quoteName).join(', ');
  const column = changeable(asked);
  const mayUpdate = actor.role === 'app' && model.app.includes('update');
  return {
    verb: 'upsert',
    statements: [
      {
        sql: `${insertion(given(asked), { n: 1, tenant: target(asked) })} on conflict (${key}) do update set ${column} = excluded.${column}`,
        counts: true,
      },
    ],
    expected: mayUpdate ? await expectedUpsert(asked) : refusal('42501'),
    judge: ([outcome]) => valueOrRefusal(outcome),
  };
}

function expectedUpsert(asked: Asked): Promise<string> {
  // Its trigger comes first, as for any update.
  if (asked.model.isAppendOnly) return Promise.resolve(refusal('AAAPO'));
  return expectedInsert(asked, target(asked), '1');
}

const truncating = ({ name }: Relation): VerbTrial => ({
  verb: 'truncate',
  statements: [{ sql: `truncate ${name} cascade`, counts: true }],
  expected: refusal('42501'),
  judge: ([outcome]) => valueOrRefusal(outcome),
});

/** A row that nobody has: what refers to another tenant's is refused like what refers to it. */
const NOBODYS = 9;
/** The number of a row that refers to rows of its own table. */
const UNRELATED = 5;

/** For each reference: to a row that only another tenant has, and to one that nobody has. */
async function referring(asked: Asked): Promise<VerbTrial[]> {
  const { relation, actor } = asked;
  const asking = actor.context.acceptance === 'suspended' ? TENANTS.suspended : TENANTS.own;
  const pairs = relation.foreignKeys.map(({ column, referred, referredColumn }) => {
    const n = referred === relation.name ? UNRELATED : FOREIGN;
    const [foreign, nobodys] = [FOREIGN, NOBODYS].map(
      (number) => rowMakerOf(referred)?.row(number, TENANTS.other)[referredColumn],
    );
    return [foreign, nobodys].map((value) => ({
      value: String(value),
      sql: insertion(given(asked), { n, tenant: asking, changes: { [column]: value } }),
    }));
  });
  if (pairs.length === 0) return [];
  // A suspended tenant has its own row number 2.
  const accepted = actor.context.acceptance === 'accepted' ? refusal('23503') : refusal('42501');
  const expected = await expectedInsert(asked, asking, accepted);
  return [
    {
      verb: 'references',
      statements: pairs.flat().map(({ sql }) => ({ sql, counts: true })),
      expected,
      judge: (outcomes) => {
        const verdicts = new Set(
          pairs.map((pair, at) =>
            compare(
              outcomes.slice(at * 2, at * 2 + 2),
              pair.map(({ value }) => value),
            ),
          ),
        );
        return [...verdicts].join(', ');
      },
    },
  ];
}

/** What both came to, or that they can be told apart. */
function compare(outcomes: readonly Outcome[], values: readonly string[]): string {
  const [one, other] = outcomes.map((outcome, at) =>
    outcome.error === undefined ? '' : textOf(outcome.error).replaceAll(values[at] ?? '', '…'),
  );
  const [verdict, otherVerdict] = outcomes.map(valueOrRefusal);
  return one === other && verdict === otherVerdict
    ? (verdict ?? '')
    : `told apart: ${one ?? ''} / ${other ?? ''}`;
}

/**
 * Errors that rows provoke: a division by zero that no visible row provokes, a cast that every row does, a key that the
 * own rows have. Rows that are not visible must not get that far.
 */
async function erring(asked: Asked): Promise<VerbTrial> {
  const { stage, relation, model, maker, actor } = asked;
  const { name } = relation;
  const column = tenantColumn(name);
  const verdict = verdictOf(model, 'select', { ...actor, layer: stage.layer });
  const condition = 'rows' in verdict ? filled(asked, verdict.rows, column) : `${column} = ''`;
  const seen = await stage.truth.of(`select count(*)::text from ${name} where ${condition}`);
  const isRefused = !('rows' in verdict) ? refusalOf(verdict) : undefined;
  const copy = given(asked);
  // Without its key a copy gets another one.
  const isKeyed = relation.primaryKey.every((key) => key === column || key in copy.row(1, ''));
  const duplicate = await expectedInsert(
    asked,
    target(asked),
    isKeyed || maker.isSingle === true ? refusal('23') : '1',
  );
  return {
    verb: 'errors',
    statements: [
      { sql: `select count(*)::text from ${name} where 1 / (case when ${condition} then 1 else 0 end) = 1` },
      { sql: `select count(*)::text from ${name} where ${column}::text::integer = 1 or not ${condition}` },
      { sql: insertion(copy, { n: 1, tenant: target(asked) }), counts: true },
    ],
    expected: [isRefused ?? seen, isRefused ?? (seen === '0' ? '0' : refusal('22P02')), duplicate].join(', '),
    judge: ([division, cast, insert]) =>
      [valueOrRefusal(division), valueOrRefusal(cast), shortened(valueOrRefusal(insert))].join(', '),
  };
}

/** Of constraints, the class will do: a copy of a row may violate several. */
const shortened = (verdict: string): string => verdict.replace(/^(refused 23).*/, '$1');

export type { Verb };

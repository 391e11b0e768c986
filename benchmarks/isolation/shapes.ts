import { agentId, described, SHARING, TASKS, taskId, TENANT } from './data.ts';

type Row = Readonly<Record<string, unknown>>;

/** A kind of statement. `at` counts the statements of one contender, from 0; `who` is its name. */
export interface Shape {
  readonly name: string;
  readonly text: string;
  readonly valuesOf: (at: number, who: string) => unknown[];
  /** The right answer. */
  readonly rowsOf: (at: number, who: string) => Row[];
}

// All name the tenant, as queries of the packages do: the planner knows its size then, with and without policies.
const AGENTS = 100;
const RANGE = 10;
/** Any number below `count`, and not the same ones in a row: a step that has no factor in common with it. */
const scattered = (at: number, count: number): number => (at * 37) % count;

const point: Shape = {
  name: 'point lookup',
  text: 'select description from task_queue where tenant_id = $1 and task_id = $2',
  valuesOf: (at) => [TENANT, taskId(scattered(at, TASKS))],
  rowsOf: (at) => [{ description: described(TENANT, taskId(scattered(at, TASKS))) }],
};

const firstOf = (at: number): number => scattered(at, TASKS - RANGE);
const range: Shape = {
  name: 'range of 10 rows',
  text: 'select task_id, description from task_queue where tenant_id = $1 and task_id >= $2 order by task_id limit 10',
  valuesOf: (at) => [TENANT, taskId(firstOf(at))],
  rowsOf: (at) =>
    Array.from({ length: RANGE }, (_, row) => {
      const id = taskId(firstOf(at) + row);
      return { task_id: id, description: described(TENANT, id) };
    }),
};

const aggregate: Shape = {
  name: 'aggregate over 1000 rows',
  text: `select count(*)::int as tasks, sum(priority)::int as priorities from task_queue where tenant_id = $1 and task_id < 'task 9'`,
  valuesOf: () => [TENANT],
  rowsOf: () => [{ tasks: TASKS, priorities: 5 * TASKS }],
};

const insertedId = (at: number, who: string): string => `work of ${who} ${String(at)}`;
const insert: Shape = {
  name: 'insert',
  text: `insert into agent_performance_events (tenant_id, agent_id, task_id, success, quality_score, latency_ms)
    values ($1, $2, $3, true, 0.9, 10) returning task_id`,
  valuesOf: (at, who) => [TENANT, agentId(scattered(at, AGENTS)), insertedId(at, who)],
  rowsOf: (at, who) => [{ task_id: insertedId(at, who) }],
};

const update: Shape = {
  name: 'update',
  text: 'update task_queue set priority = 5 where tenant_id = $1 and task_id = $2 returning description',
  valuesOf: point.valuesOf,
  rowsOf: point.rowsOf,
};

/** One's own row of a table that can be shared. */
export const shared: Shape = {
  name: 'lookup in a shared table',
  text: 'select name from agent_profiles where tenant_id = $1 and id = $2',
  valuesOf: (at) => [TENANT, agentId(scattered(at, AGENTS))],
  rowsOf: (at) => [{ name: described(TENANT, agentId(scattered(at, AGENTS))) }],
};

/** One's own row and the one of the tenant that shares. */
export const sharedOpen: Shape = {
  name: 'lookup of two tenants’ rows, shared access open',
  text: 'select name from agent_profiles where tenant_id = any($1) and id = $2 order by tenant_id',
  valuesOf: (at) => [[TENANT, SHARING], agentId(scattered(at, AGENTS))],
  rowsOf: (at) =>
    [TENANT, SHARING].map((tenant) => ({ name: described(tenant, agentId(scattered(at, AGENTS))) })),
};

/** Statements of a session, each asked with policies and without. */
export const SHAPES: readonly Shape[] = [point, range, aggregate, insert, update, shared];

/** A lookup in a transaction of its own. */
export const transaction: Shape = { ...point, name: 'withTenant, point lookup' };

/** Verifying alone; the baseline reads the setting and believes it. */
export const verify = {
  ours: { ...constant('who am I', 'select app.current_tenant_id() as tenant') },
  baseline: { ...constant('who am I', `select current_setting('app.current_tenant') as tenant`) },
};

/** The entry in the sharing tenant's log; the baseline is a lookup of one's own, which makes none. */
export const openAccess: Shape = {
  name: 'opening shared access, entered in the log',
  text: `select tenant from app.open_shared_access('agent_profiles') as tenant`,
  valuesOf: () => [],
  rowsOf: () => [{ tenant: SHARING }],
};

function constant(name: string, text: string): Shape {
  return { name, text, valuesOf: () => [], rowsOf: () => [{ tenant: TENANT }] };
}

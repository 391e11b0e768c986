import { randomBytes } from 'node:crypto';
import { quoteLiteral, quoteName, type ProofConnection } from '../connection.ts';
import type { Relation } from '../catalogue.ts';
import { SHARED_RESOURCES, TABLES, tenantColumn } from '../model/tables.ts';
import { signedSettings } from '../signature.ts';
import { FOREIGN, uuid, type Row, type RowMaker } from './row-maker.ts';
import { ROW_MAKERS } from './rows.ts';
import { ALL_TENANTS, NEAR_MISSES, TENANTS, type NearMiss } from './tenants.ts';

/** What the proof needs to know of its own tenants to ask as one of them. */
export interface World {
  readonly secret: Uint8Array;
  /** The key that is live, and one that was retired. */
  readonly keys: { readonly live: string; readonly retired: string };
  /** The transaction's start, seconds since 1970. */
  readonly now: number;
}

/** Tables of tenants that a participant has no row of. What is done to nothing proves nothing. */
export async function emptyTables(
  connection: ProofConnection,
  relations: readonly Relation[],
): Promise<string[]> {
  const empty: string[] = [];
  for (const { name } of relations.filter((it) => TABLES[it.name]?.kind === 'tenant')) {
    const { rows } = await connection.query(
      `select count(distinct ${tenantColumn(name)})::int as tenants from ${name} where ${tenantColumn(name)} = any($1)`,
      [Object.values(TENANTS)],
    );
    if (rows[0]?.['tenants'] !== Object.values(TENANTS).length) empty.push(name);
  }
  return empty;
}

/** Makes keys, tenants with rows in every table, rules and open windows, as the administrator. */
export async function makeWorld(connection: ProofConnection, relations: readonly Relation[]): Promise<World> {
  const world = await makeKeys(connection);
  await makeTenants(connection);
  const there = new Set(relations.map(({ name }) => name));
  const makers = ROW_MAKERS.filter(({ table }) => there.has(table));
  for (const tenant of ALL_TENANTS) {
    await actAs(connection, world, tenant);
    const statements = makers
      .filter(({ table }) => isParticipant(tenant) || BARE.has(table))
      .flatMap((maker) => numbersOf(maker, tenant).map((n) => insertion(maker, { n, tenant })));
    // One round trip a tenant. Triggers have made some of the rows already.
    await connection.query(statements.map((sql) => `${sql} on conflict do nothing`).join(';\n'));
  }
  await share(connection);
  await connection.query('select refresh_hybrid_search_index()');
  await consent(connection);
  await connection.query(`update tenants set suspended_at = now() where id = any($1)`, [
    [TENANTS.suspended, ...NEAR_MISSES.filter(({ isSuspended }) => isSuspended).map(({ tenant }) => tenant)],
  ]);
  await takePart(connection);
  await maintainBefore(connection);
  await actAs(connection, world, '');
  return world;
}

const isParticipant = (tenant: string): boolean => Object.values<string>(TENANTS).includes(tenant);

/** What a tenant has that only comes near to sharing. */
const BARE = new Set<string>(SHARED_RESOURCES);

function numbersOf({ isSingle, more = [] }: RowMaker, tenant: string): number[] {
  if (isSingle === true) return [1];
  return [1, ...(tenant === TENANTS.own ? [] : [FOREIGN]), ...more];
}

/** Which row of whom; `changes` are columns that differ. */
interface Wanted {
  readonly n: number;
  readonly tenant: string;
  readonly changes?: Row;
}

/** A statement that inserts it. */
export function insertion(maker: RowMaker, { n, tenant, changes = {} }: Wanted): string {
  const { table, complete } = maker;
  const row = { [tenantColumn(table)]: tenant, ...maker.row(n, tenant), ...changes };
  const columns = [...Object.keys(row), ...(complete?.columns ?? [])].map(quoteName).join(', ');
  const json = `${quoteLiteral(JSON.stringify(row))}::jsonb`;
  return `insert into ${table} (${columns}) select ${columns} from jsonb_populate_record(null::${table}, ${complete?.sql(json) ?? json})`;
}

async function makeKeys(connection: ProofConnection): Promise<World> {
  const secret = randomBytes(32);
  const name = randomBytes(6).toString('hex');
  const keys = { live: `proof-${name}`, retired: `proof-retired-${name}` };
  for (const key of Object.values(keys)) {
    await connection.query(`select app.put_context_key($1, decode($2, 'hex'))`, [
      key,
      secret.toString('hex'),
    ]);
  }
  await connection.query(`update app.context_keys set expires_at = now() where key_id = $1`, [keys.retired]);
  const { rows } = await connection.query(`select floor(extract(epoch from now()))::text as now`);
  return { secret, keys, now: Number(rows[0]?.['now']) };
}

async function makeTenants(connection: ProofConnection): Promise<void> {
  const levels = new Map<string, string>([
    [TENANTS.sharing, 'shared'],
    [TENANTS.own, 'federated'],
    [TENANTS.federated, 'federated'],
    ...NEAR_MISSES.map(({ tenant, level = 'shared' }) => [tenant, level] as const),
  ]);
  for (const tenant of ALL_TENANTS) {
    await connection.query(
      `insert into tenants (id, project_id, name, isolation_level) values ($1, 'proof', $1, $2)`,
      [tenant, levels.get(tenant) ?? 'strict'],
    );
  }
}

/** Triggers ask whose context it is. */
async function actAs(connection: ProofConnection, world: World, tenant: string): Promise<void> {
  const settings = signedSettings({
    ...{ tenant, user: '', session: '', keyId: world.keys.live, secret: world.secret },
    expiresAt: world.now + 86_400,
  });
  for (const [name, value] of Object.entries(settings)) {
    await connection.query('select set_config($1, $2, true)', [name, value]);
  }
}

async function share(connection: ProofConnection): Promise<void> {
  const complete: NearMiss = { tenant: TENANTS.sharing, lacks: 'nothing' };
  for (const { tenant, rule, entry, policy, unlogged } of [complete, ...NEAR_MISSES]) {
    await put(connection, 'tenant_sharing_rules', {
      tenant_id: tenant,
      target_tenant_id: TENANTS.own,
      resource_types: SHARED_RESOURCES,
      ...rule,
    });
    for (const resource of SHARED_RESOURCES) {
      await put(connection, 'tenant_access_policies', {
        ...{
          tenant_id: tenant,
          resource_type: resource,
          access_level: 'share',
          allowed_tenants: [TENANTS.own],
        },
        ...policy,
      });
      if (entry === null || unlogged === resource) continue;
      const log: Row = {
        ...{ tenant_id: tenant, accessor_tenant_id: TENANTS.own, access_type: 'read', table_name: resource },
        // Of a transaction long ago: the proof's own is one, and an entry of the same one is of no effect.
        transaction_id: '3',
        ...entry,
      };
      await put(connection, 'tenant_access_log', log);
    }
  }
}

/** Inserts a row; a column that is null gets its default. */
async function put(connection: ProofConnection, table: string, row: Row): Promise<void> {
  const columns = Object.entries(row)
    .filter(([, value]) => value !== null)
    .map(([name]) => name)
    .join(', ');
  await connection.query(
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_record(null::${table}, $1::jsonb)`,
    [JSON.stringify(row)],
  );
}

/** A row of another tenant's that names the one that asks. */
async function takePart(connection: ProofConnection): Promise<void> {
  await put(connection, 'session_participants', {
    ...{ tenant_id: TENANTS.other, session_id: uuid(1), participant_tenant_id: TENANTS.own },
    reputation_at_join: 0.5,
  });
}

/** Maintenance of another transaction, and what could be taken for it: neither opens anything. */
async function maintainBefore(connection: ProofConnection): Promise<void> {
  await connection.query(
    `insert into app.tenant_maintenance (maintained_tenant_id, kind, reason, transaction_id, began_at)
     values
      ($1, 'erasure', 'proof', '3', now()),
      ($1, 'erasure', 'proof', pg_current_xact_id(), now() - interval '1 hour')`,
    [TENANTS.other],
  );
}

/** Both sides let the other learn from their aggregates. */
async function consent(connection: ProofConnection): Promise<void> {
  await connection.query(
    `update tenant_privacy_config set allow_cross_tenant_learning = true, allowed_tenant_groups = '{proof}'
     where tenant_id = any($1)`,
    [[TENANTS.own, TENANTS.federated]],
  );
}

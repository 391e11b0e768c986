import type { Relation } from './catalogue.ts';
import { undone, type ProofConnection } from './connection.ts';
import type { Context } from './contexts.ts';
import { TABLES, tenantColumn, type Condition } from './model/tables.ts';
import { TENANTS } from './world/tenants.ts';

/** Which rows there are: all of them, or those that a tenant of its own database would have. */
export const ABRIDGEMENTS = ['nothing', 'own', 'own and shared', 'own and sharing', 'suspended'] as const;
export type Abridgement = (typeof ABRIDGEMENTS)[number];

/**
 * What is so, asked as the superuser: row level security does not bind it.
 *
 * Of tables it counts the rows under a condition. What views show of tables follows from their definition: it is read in a
 * database from which the other tenants' rows are gone.
 */
export class Truth {
  readonly #connection: ProofConnection;
  readonly #relations: readonly Relation[];
  readonly #known = new Map<string, string>();

  constructor(connection: ProofConnection, relations: readonly Relation[]) {
    this.#connection = connection;
    this.#relations = relations;
  }

  /** The value of a statement that returns one. */
  async of(sql: string): Promise<string> {
    const known = this.#known.get(sql);
    if (known !== undefined) return known;
    const value = await this.#ask(sql);
    this.#known.set(sql, value);
    return value;
  }

  /** The same with fewer rows in the database. */
  in(abridgement: Abridgement, sql: string): string {
    const known = this.#known.get(`${abridgement}: ${sql}`);
    if (known === undefined) throw new TypeError(`nobody asked ${sql} of the rows of ${abridgement}`);
    return known;
  }

  /** Asks everything that {@link in} will be asked, in one go each. */
  async askAbridged(statements: readonly string[]): Promise<void> {
    if (statements.length === 0) return;
    for (const abridgement of ABRIDGEMENTS) {
      // Who is suspended is refused, whatever there is.
      if (abridgement === 'suspended') continue;
      await this.abridged(abridgement, async () => {
        for (const sql of statements) this.#known.set(`${abridgement}: ${sql}`, await this.#ask(sql));
      });
    }
  }

  /** Works in a database with fewer rows. */
  abridged<T>(abridgement: Abridgement, work: () => Promise<T>): Promise<T> {
    return undone(this.#connection, async () => {
      await this.#connection.query('set local session_replication_role = replica');
      for (const { name } of this.#relations) {
        const model = TABLES[name];
        if (model?.kind !== 'tenant') continue;
        const kept = keeps(abridgement, name);
        await this.#connection.query(`delete from ${name} where not ${ownerIn(name, kept)}`);
      }
      await this.#connection.query('set local session_replication_role = origin');
      return work();
    });
  }

  async #ask(sql: string): Promise<string> {
    const { rows } = await this.#connection.query(sql);
    return String(Object.values(rows[0] ?? {})[0]);
  }
}

/** In views and functions, `app.shared_access` names the agents. */
function keeps(abridgement: Abridgement, table: string): string[] {
  if (abridgement === 'nothing') return [];
  // That it is suspended is in its row.
  if (abridgement === 'suspended') return table === 'tenants' ? [TENANTS.suspended] : [];
  const isShared = abridgement === 'own and shared' || abridgement === 'own and sharing';
  const isBetween = abridgement === 'own and sharing' && GRANTS.has(table);
  return (isShared && table === 'agent_profiles') || isBetween
    ? [TENANTS.own, TENANTS.sharing]
    : [TENANTS.own];
}

function ownerIn(table: string, tenants: readonly string[]): Condition {
  return `${tenantColumn(table)} = any('{${tenants.join(',')}}')`;
}

/** What functions find out from these, nobody reads there. */
const GRANTS = new Set(['tenants', 'tenant_sharing_rules', 'tenant_access_policies', 'tenant_access_log']);

/** What a context leaves of the database for whoever asks in it: of the sharing tenant, rows, and what lets them be read. */
export function abridgementOf({ acceptance, asksShared }: Context, sharing: Abridgement): Abridgement {
  if (acceptance === 'suspended') return 'suspended';
  if (acceptance === 'unknown') return 'nothing';
  return asksShared ? sharing : 'own';
}

import { connect, type SqlSession } from '@agent-agency/testing';
import type { TestDatabaseFixture } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { appendNodes, nodeAfter, putSigningKey, type Node, type NodeFields } from './provenance-node.ts';
import { createTenants, queryOne, queryValue } from './rows.ts';
import { asTenant } from './tenant-context.ts';

/** A new tenant's provenance log for each test, and two logins to reach it. */
export class TestLog {
  readonly #database: TestDatabaseFixture;
  #administrator: SqlSession | undefined;
  #application: SqlSession | undefined;
  #tenants = 0;

  /** Call it outside of tests: it prepares each. */
  constructor(database: TestDatabaseFixture) {
    this.#database = database;
    beforeAll(async () => {
      this.#administrator = await connect(this.#database.url);
      this.#application = await connect(this.#database.urlFor('agent_agency_app'));
    });
    afterAll(async () => {
      await this.#administrator?.close();
      await this.#application?.close();
    });
    beforeEach(async () => {
      this.#tenants += 1;
      await this.addTenant(this.tenant);
    });
  }

  get administrator(): SqlSession {
    if (this.#administrator === undefined) throw new Error('there is no session before the tests');
    return this.#administrator;
  }

  get application(): SqlSession {
    if (this.#application === undefined) throw new Error('there is no session before the tests');
    return this.#application;
  }

  get tenant(): string {
    return `tenant-${this.#tenants}`;
  }

  /** Another tenant with a signing key. */
  async addTenant(id: string): Promise<void> {
    await createTenants(this.administrator, id);
    await asTenant(this.application, id, () => putSigningKey(this.application));
  }

  /** The node that continues `before`. */
  next(before?: Node, fields: Partial<NodeFields> = {}): Node {
    return nodeAfter(before, { tenant_id: this.tenant, ...fields });
  }

  /** Appends nodes in one statement and commits. */
  append(...nodes: readonly Node[]): Promise<void> {
    return asTenant(this.application, this.tenant, () => appendNodes(this.application, ...nodes));
  }

  /** Appends that many nodes to the empty log. */
  async fill(length: number): Promise<Node[]> {
    const nodes: Node[] = [];
    while (nodes.length < length) nodes.push(this.next(nodes.at(-1)));
    if (length > 0) await this.append(...nodes);
    return nodes;
  }

  head(tenant = this.tenant): Promise<unknown> {
    const sql = 'select seq, hash_chain from provenance_heads where tenant_id = $1';
    return queryOne(this.administrator, sql, [tenant]);
  }

  length(): Promise<unknown> {
    const sql = 'select count(*)::int from caws_provenance_graph where tenant_id = $1';
    return queryValue(this.administrator, sql, [this.tenant]);
  }
}

import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { migrateDown } from '../../src/index.ts';
import { applyContext, signContext } from './tenant-context.ts';

/** What a table of before tenants has to do at its own version, and after all the others for a tenant's application. */
export const STAGES = ['before tenants', 'with tenants'] as const;

/** A transaction for each test, undone at its end: before tenants as the administrator, then as the application. */
export class TenantStage {
  readonly #stage: (typeof STAGES)[number];
  readonly #database = testDatabase();
  #session: SqlSession | undefined;

  /** Call it in a `describe`: it prepares the tests there. `version` is the one to test before tenants. */
  constructor(stage: (typeof STAGES)[number], version: number) {
    this.#stage = stage;
    beforeAll(async () => {
      if (stage === 'before tenants') {
        const administrator = await connect(this.#database.url);
        await migrateDown(administrator, { to: version });
        await administrator.close();
      }
      this.#session = await this.open();
    });
    afterAll(() => this.#session?.close());
    beforeEach(() => this.begin(this.session));
    afterEach(async () => {
      await this.session.query('rollback');
    });
  }

  get kind(): string {
    return this.#database.kind;
  }

  get session(): SqlSession {
    if (this.#session === undefined) throw new Error('there is no session before the tests');
    return this.#session;
  }

  /** Another session, in no transaction yet. */
  open(): Promise<SqlSession> {
    const { url } = this.#database;
    return connect(this.#stage === 'before tenants' ? url : this.#database.urlFor('agent_agency_app'));
  }

  async begin(session: SqlSession): Promise<void> {
    await session.query('begin');
    if (this.#stage === 'with tenants')
      await applyContext(session, signContext({ tenant: 'default-tenant' }));
  }
}

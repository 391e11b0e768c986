import { describe, expect, it, onTestFinished } from 'vitest';
import { connect, settlePlans } from '../src/index.ts';
import type { SqlSession } from '../src/index.ts';
import { testCluster } from './support/cluster.ts';
import { binDir } from './support/programs.ts';

describe.skipIf(binDir === undefined)('settlePlans', () => {
  const cluster = testCluster();
  const open = async (): Promise<SqlSession> => {
    const session = await connect(cluster.server.url);
    onTestFinished(() => session.close());
    return session;
  };

  it('waits until vacuum sees all rows, and says so when somebody keeps it from that', async () => {
    const [session, reader] = [await open(), await open()];
    await session.query('create table facts (id int primary key)');
    await reader.query('begin isolation level repeatable read; select 1');
    await session.query('insert into facts select generate_series(1, 1000)');
    await expect(settlePlans(session, 200)).rejects.toMatchObject({ code: 'DATABASE_BUSY' });

    await reader.query('commit');
    await settlePlans(session);
    const { rows } = await session.query('explain (costs off) select id from facts where id = 1');
    expect(rows).toContainEqual({ 'QUERY PLAN': 'Index Only Scan using facts_pkey on facts' });
    const options = await session.query(`select reloptions from pg_class where relname = 'facts'`);
    expect(options.rows).toEqual([{ reloptions: ['autovacuum_enabled=false'] }]);
  });
});

import { expect, it } from 'vitest';
import { connect, withSession } from '../../src/index.ts';
import { testDatabase } from '../../src/vitest.ts';

const database = testDatabase();

const portOf = (url: string): number => Number(new URL(url).port);

it('leads the application through the pooler and the administrator past it', async () => {
  expect(database.pooler).toBe('pgbouncer');
  const pooled = database.urlFor('postgres');
  const direct = database.directUrlFor('postgres');
  expect(direct).toBe(database.url);
  expect(portOf(pooled)).not.toBe(portOf(direct));
  const { rows } = await withSession(pooled, (session) =>
    session.query('select inet_server_port() as port, count(*) as notes from note'),
  );
  expect(rows).toEqual([{ port: portOf(direct), notes: '0' }]);
});

it('leaves a connection open, which does not keep the database from being dropped', async () => {
  const session = await connect(database.urlFor('postgres'));
  await session.query('begin');
});

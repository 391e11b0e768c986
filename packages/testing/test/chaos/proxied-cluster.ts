import { beforeEach, onTestFinished } from 'vitest';
import { connect, startProxy } from '../../src/index.ts';
import type { PostgresProxy, SqlSession } from '../../src/index.ts';
import { testCluster } from '../support/cluster.ts';

/** A cluster for the tests of a file, and for each test a proxy in front of it. */
export interface ProxiedCluster {
  readonly url: string;
  readonly proxy: PostgresProxy;
  /** A session that ends with the test. */
  open(url: string): Promise<SqlSession>;
  direct(): Promise<SqlSession>;
  throughProxy(): Promise<SqlSession>;
}

export function testProxiedCluster(): ProxiedCluster {
  const cluster = testCluster();
  let proxy: PostgresProxy | undefined;
  beforeEach(async () => {
    const started = await startProxy(cluster.server.url);
    proxy = started;
    return () => started.close();
  });
  const open = async (url: string): Promise<SqlSession> => {
    const session = await connect(url);
    onTestFinished(() => session.close());
    return session;
  };
  const ready = (): PostgresProxy => {
    if (proxy === undefined) throw new Error('there is a proxy only inside tests');
    return proxy;
  };
  return {
    get url() {
      return cluster.server.url;
    },
    get proxy() {
      return ready();
    },
    open,
    direct: () => open(cluster.server.url),
    throughProxy: () => open(ready().through(cluster.server.url)),
  };
}

export async function pidOf(of: SqlSession): Promise<unknown> {
  const { rows } = await of.query('select pg_backend_pid() as pid');
  return rows[0]?.['pid'];
}

export async function backendOf(
  admin: SqlSession,
  pid: unknown,
): Promise<Record<string, unknown> | undefined> {
  const { rows } = await admin.query('select state, query from pg_stat_activity where pid = $1', [pid]);
  return rows[0];
}

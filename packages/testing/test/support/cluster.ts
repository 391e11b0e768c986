import { afterAll, beforeAll } from 'vitest';
import { startCluster } from '../../src/index.ts';
import type { PostgresServer } from '../../src/index.ts';
import { getBinDir } from './programs.ts';

/** A cluster for the tests of a file. */
export function testCluster(): { readonly server: PostgresServer } {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    server = await startCluster({ binDir: getBinDir() });
  });
  afterAll(() => server?.stop());
  return {
    get server() {
      if (server === undefined) throw new Error('the cluster has not been started');
      return server;
    },
  };
}

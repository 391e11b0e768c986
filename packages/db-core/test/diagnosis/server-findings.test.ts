import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import type { ServerFacts } from '../../src/diagnosis/server-facts.ts';
import { serverFindings } from '../../src/diagnosis/server-findings.ts';

const WELL: ServerFacts = {
  version: 170_011,
  version_text: '17.11',
  is_superuser: false,
  bypasses_rls: false,
  powerful_roles: [],
  is_application: true,
  is_standby: false,
  default_transaction_read_only: 'off',
  row_security: 'on',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  encoding: 'UTF8',
  collation_version: null,
  actual_collation_version: null,
  server_connections: 97,
  login_connections: -1,
  database_connections: -1,
  clock_ms: 0,
};

const found = (facts: Partial<ServerFacts>, host = 'db.example.org'): string[] =>
  serverFindings({ ...WELL, ...facts }, { config: parseConfig({ host, max: 20 }) }).map(
    ({ code, severity }) => `${severity} ${code}`,
  );

describe('serverFindings', () => {
  it.each<[Partial<ServerFacts>, string[]]>([
    [{}, []],
    [{ is_standby: true }, ['error SERVER_READ_ONLY']],
    [{ fsync: 'off' }, ['error DURABILITY_OFF']],
    [{ full_page_writes: 'off' }, ['error DURABILITY_OFF']],
    [{ synchronous_commit: 'off' }, ['warning DURABILITY_OFF']],
    [{ synchronous_commit: 'remote_apply' }, []],
    [{ collation_version: '2.36', actual_collation_version: '2.36' }, []],
    [{ collation_version: '2.36', actual_collation_version: '2.41' }, ['error COLLATION_CHANGED']],
    [{ server_connections: 20 }, []],
    [{ server_connections: 19 }, ['error MAX_CONNECTIONS_TOO_LOW']],
    [{ login_connections: 0 }, ['error MAX_CONNECTIONS_TOO_LOW']],
  ])('of %o are %j', (facts, expected) => {
    expect(found(facts)).toEqual(expected);
  });

  it('only mention a server for development on this machine', () => {
    expect(found({ fsync: 'off' }, 'localhost')).toEqual(['info DURABILITY_OFF']);
  });

  it('do not count connections behind a pooler', () => {
    const config = parseConfig({ max: 20 });
    const facts = { ...WELL, server_connections: 1 };
    expect(serverFindings(facts, { config, isPooled: true })).toEqual([]);
  });
});

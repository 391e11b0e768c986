import { defaults } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { parseConfig, type DatabaseConfigInput } from '../../src/config.ts';
import { configurationFindings } from '../../src/diagnosis/configuration-findings.ts';

const codes = (config: DatabaseConfigInput): string[] =>
  configurationFindings({ config: parseConfig(config) }).map(({ code }) => code);

describe('configurationFindings', () => {
  it.each<[DatabaseConfigInput, string[]]>([
    [{ host: 'localhost' }, []],
    [{ host: '127.0.0.1' }, []],
    [{ host: '127.1.2.3' }, []],
    [{ host: '::1' }, []],
    [{ host: '/var/run/postgresql' }, []],
    [{ host: '127.0.0.1.example.org' }, ['TLS_OFF']],
    [{ host: 'db.example.org' }, ['TLS_OFF']],
    [{ host: '10.0.0.7' }, ['TLS_OFF']],
    [{ host: 'db.example.org', ssl: { rejectUnauthorized: false } }, ['TLS_UNVERIFIED']],
    [{ host: 'db.example.org', ssl: { rejectUnauthorized: true } }, []],
    [{ host: 'localhost', replicas: [{ host: 'db.example.org' }] }, ['TLS_OFF']],
    [
      { host: 'db.example.org', ssl: { rejectUnauthorized: true }, replicas: [{ host: 'db2.example.org' }] },
      [],
    ],
    [
      {
        host: 'db.example.org',
        replicas: [{ host: 'db2.example.org', ssl: { rejectUnauthorized: false } }],
      },
      ['TLS_OFF', 'TLS_UNVERIFIED'],
    ],
    [{ statementTimeoutMs: 0 }, ['STATEMENT_TIMEOUT_OFF']],
    [{ statementTimeoutMs: 1 }, []],
  ])('of %o are %j', (config, expected) => {
    expect(codes(config)).toEqual(expected);
  });

  it('name the servers', () => {
    const replicas = [{ host: 'localhost' }, { host: 'db3.example.org' }];
    const findings = configurationFindings({ config: parseConfig({ host: 'db.example.org', replicas }) });
    expect(findings.map(({ title }) => title)).toEqual([
      'connections to another machine are not encrypted: the primary, replica 2',
    ]);
  });

  describe('about pg.defaults', () => {
    const before = defaults.query_timeout;
    afterEach(() => {
      Object.assign(defaults, { query_timeout: before });
    });

    it('say that node-postgres gives up on statements', () => {
      defaults.query_timeout = 1000;
      expect(codes({})).toEqual(['UNSAFE_QUERY_TIMEOUT']);
      defaults.query_timeout = 0;
      expect(codes({})).toEqual([]);
    });
  });
});

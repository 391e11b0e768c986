import { randomBytes } from 'node:crypto';
import { allowLogin, connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configFromEnv, withAdministratorConnection } from '../../src/index.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Finding, FindingCode } from '../../src/diagnosis/finding.ts';
import { applicationManager } from '../../src/testing.ts';
import { terminate } from '../support/backends.ts';
import { codesOf, diagnoseAs, type DiagnosisOptions } from '../support/diagnosis.ts';

const database = testDatabase();
/** Roles and databases belong to the whole server, which other runs may share. */
const prefix = `db_core_doctor_${randomBytes(4).toString('hex')}`;
const roles: string[] = [];
let admin: SqlSession;

beforeAll(async () => {
  admin = await connect(database.url);
});
afterAll(async () => {
  for (const role of roles) await admin.query(`drop role ${role}`);
  await admin.close();
});

const asApplication = (options?: DiagnosisOptions): Promise<Finding[]> =>
  diagnoseAs(database.directUrlFor('agent_agency_app'), options);
const asAdministrator = (options?: DiagnosisOptions): Promise<Finding[]> => diagnoseAs(database.url, options);

async function createRole(properties: string): Promise<string> {
  const role = `${prefix}_${roles.length}`;
  await admin.query(`create role ${role} login ${properties}`);
  roles.push(role);
  await allowLogin(admin, database.url, [role]);
  return role;
}

/** Makes a fault, looks, and undoes it whatever was seen. */
async function during<T>(fault: string, undo: string, look: () => Promise<T>): Promise<T> {
  await admin.query(fault);
  try {
    return await look();
  } finally {
    await admin.query(undo);
  }
}

/** An application that nothing is wrong with: only when its key expires is not for it to see. */
const WELL = ['info NOT_CHECKED'];

async function valueOf(sql: string): Promise<string> {
  const { rows } = await admin.query(sql);
  return (rows as { value: string }[])[0]?.value ?? '';
}

function finding(findings: readonly Finding[], code: FindingCode): Finding | undefined {
  return findings.find((candidate) => candidate.code === code);
}

describe('diagnose', () => {
  it('finds nothing wrong with the application', async () => {
    const findings = await asApplication();
    expect(codesOf(findings)).toEqual(WELL);
    expect(finding(findings, 'NOT_CHECKED')?.title).toBe('not checked: when the context key expires');
  });

  it('finds the same through a connection of the pool', async () => {
    const manager = applicationManager(database);
    expect(codesOf(await manager.diagnose())).toEqual(WELL);
    await manager.shutdown();
  });

  it('puts errors first, then warnings', async () => {
    const findings = await asApplication({ config: { statementTimeoutMs: 0, max: 1000 } });
    expect(codesOf(findings)).toEqual([
      'error MAX_CONNECTIONS_TOO_LOW',
      'warning STATEMENT_TIMEOUT_OFF',
      ...WELL,
    ]);
  });

  it('throws what broke the connection', async () => {
    const config = configFromEnv({ DATABASE_URL: database.directUrlFor('agent_agency_app') });
    const broken = withAdministratorConnection(config, async (connection) => {
      const { rows } = await connection.query('select pg_backend_pid() as pid');
      await terminate(admin, [Number(rows[0]?.['pid'])]);
      return diagnose(connection, { config });
    });
    // The server's last words, or the socket's end: whichever the session hears first.
    await expect(broken).rejects.toMatchObject({
      code: expect.stringMatching(/^(57P01|CONNECTION_LOST)$/) as string,
    });
  });
});

describe('diagnose, of the login', () => {
  it.each([
    ['superuser', 'It is a superuser.'],
    ['bypassrls', 'It has BYPASSRLS.'],
    [
      'noinherit in role agent_agency_app, agent_agency_owner',
      'It can become agent_agency_maintenance, agent_agency_owner, agent_agency_service.',
    ],
    ['in role agent_agency_app, pg_read_all_data', 'It can become pg_read_all_data.'],
  ])('finds that %s is privileged', async (properties, detail) => {
    const url = database.directUrlFor(await createRole(properties));
    expect(finding(await diagnoseAs(url), 'PRIVILEGED_ROLE')).toMatchObject({ severity: 'error', detail });
    const allowed = await diagnoseAs(url, { config: { allowPrivilegedRole: true } });
    expect(finding(allowed, 'PRIVILEGED_ROLE')).toMatchObject({ severity: 'warning', detail });
  });

  it('finds that a role has no rights, until it is granted them', async () => {
    const role = await createRole('');
    const findings = await diagnoseAs(database.directUrlFor(role));
    expect(codesOf(findings)).toEqual(['error LOGIN_WITHOUT_RIGHTS', 'info NOT_CHECKED']);
    expect(finding(findings, 'NOT_CHECKED')?.title).toBe('not checked: the context key');
    await admin.query(`grant agent_agency_app to ${role}`);
    expect(codesOf(await diagnoseAs(database.directUrlFor(role)))).toEqual(WELL);
  });

  it('finds that row_security is off', async () => {
    const off = await asApplication({ before: ['set row_security = off'] });
    expect(codesOf(off)).toEqual(['error ROW_SECURITY_OFF', ...WELL]);
  });
});

describe('diagnose, of what is stored for the role', () => {
  const stored = async (setting: string, look: (url: string) => Promise<Finding[]>): Promise<Finding[]> => {
    const role = await createRole('in role agent_agency_app');
    await admin.query(`alter role ${role} ${setting}`);
    return look(database.directUrlFor(role));
  };

  it.each([
    ['search_path', 'set search_path = pg_temp, public'],
    ['default_transaction_isolation', 'set default_transaction_isolation = serializable'],
    ['app.current_tenant', `set app.current_tenant = 'globex'`],
  ])('finds %s', async (name, setting) => {
    const found = finding(await stored(setting, diagnoseAs), 'ROLE_SETTINGS');
    expect(found?.severity).toBe('warning');
    expect(found?.detail).toBe(`${String(roles.at(-1))}: ${name}`);
    expect(JSON.stringify(found)).not.toMatch(/globex|serializable/);
  });

  it('finds what is stored for this database, and nothing of another', async () => {
    const name = new URL(database.url).pathname.slice(1);
    const here = await stored(`in database "${name}" set enable_seqscan = off`, diagnoseAs);
    expect(finding(here, 'ROLE_SETTINGS')?.detail).toMatch(/: enable_seqscan$/);
    const elsewhere = await stored('in database postgres set enable_seqscan = off', diagnoseAs);
    expect(codesOf(elsewhere)).toEqual(WELL);
  });

  it('finds no limits and logs, which administrators store', async () => {
    const usual = await stored(`set statement_timeout = '5s'`, async (url) => {
      await admin.query(`alter role ${String(roles.at(-1))} set log_min_duration_statement = '1s'`);
      return diagnoseAs(url);
    });
    expect(codesOf(usual)).toEqual(WELL);
  });

  it('finds nothing of an administrator’s own', async () => {
    const own = await stored('set search_path = public', async (url) => {
      await admin.query(`alter role ${String(roles.at(-1))} superuser`);
      return diagnoseAs(url);
    });
    expect(finding(own, 'PRIVILEGED_ROLE')).toBeDefined();
    expect(finding(own, 'ROLE_SETTINGS')).toBeUndefined();
  });
});

describe('diagnose, of the server', () => {
  it('finds that it takes no writes', async () => {
    const readOnly = await asApplication({ before: ['set default_transaction_read_only = on'] });
    expect(codesOf(readOnly)).toEqual(['error SERVER_READ_ONLY', ...WELL]);
  });

  it('names what is not durable', async () => {
    const off = await valueOf(
      `select string_agg(name, ', ' order by name) as value from pg_settings
       where name in ('fsync', 'full_page_writes') and setting = 'off'`,
    );
    const named = (findings: readonly Finding[]): string | undefined =>
      finding(findings, 'DURABILITY_OFF')?.detail;
    expect(named(await asApplication({ before: ['set synchronous_commit = off'] }))).toBe(
      `Off: ${[off, 'synchronous_commit'].filter(Boolean).join(', ')}.`,
    );
    expect(named(await asApplication({ before: ['set synchronous_commit = on'] }))).toBe(
      off === '' ? undefined : `Off: ${off}.`,
    );
  });

  it.each([
    ['ahead', -400_000, ['error CLOCK_SKEW', 'error CONTEXT_KEY_REJECTED']],
    ['behind', 400_000, ['warning CLOCK_SKEW', ...WELL]],
  ])('finds that its clock is %s', async (_, shiftMs, expected) => {
    const findings = await asApplication({ now: () => Date.now() + shiftMs });
    expect(codesOf(findings)).toEqual(expected);
    expect(finding(findings, 'CLOCK_SKEW')?.title).toMatch(/^the server's clock is (?:399|400) s/);
  });

  it('finds that it lends fewer connections than the pool may open', async () => {
    const role = await createRole('in role agent_agency_app');
    const url = database.directUrlFor(role);
    const name = new URL(url).pathname.slice(1);
    const withMax = async (max: number): Promise<string | undefined> =>
      finding(await diagnoseAs(url, { config: { max } }), 'MAX_CONNECTIONS_TOO_LOW')?.detail;
    const look = (): Promise<string | undefined> => withMax(10);
    expect(await look()).toBeUndefined();
    expect(
      await during(`alter role ${role} connection limit 9`, `alter role ${role} connection limit -1`, look),
    ).toBe('this login (connection limit of the role) allows 9');
    expect(
      await during(
        `alter database "${name}" connection limit 8`,
        `alter database "${name}" connection limit -1`,
        look,
      ),
    ).toBe('this database (connection limit) allows 8');
    const max = Number(
      await valueOf(
        `select current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int
           - current_setting('reserved_connections')::int as value`,
      ),
    );
    expect(await withMax(max)).toBeUndefined();
    expect(await withMax(max + 1)).toMatch(/^the server .+ allows/);
  });
});

describe('diagnose, of the database', () => {
  async function inDatabase<T>(options: string, look: (url: string) => Promise<T>): Promise<T> {
    return during(
      `create database ${prefix} template template0 ${options}`,
      `drop database ${prefix} with (force)`,
      () => {
        const url = new URL(database.directUrlFor('agent_agency_app'));
        url.pathname = `/${prefix}`;
        return look(url.href);
      },
    );
  }

  it('finds that it is empty', async () => {
    expect(codesOf(await inDatabase('', (url) => diagnoseAs(url)))).toEqual([
      'error SCHEMA_MISSING',
      'error EXTENSION_MISSING',
    ]);
  });

  it('finds that it does not store UTF-8', async () => {
    const findings = await inDatabase(`encoding 'SQL_ASCII' locale 'C'`, (url) => diagnoseAs(url));
    expect(finding(findings, 'ENCODING_NOT_UTF8')?.title).toBe('the database stores SQL_ASCII');
  });

  it('finds that it was sorted by another version of its collation', async () => {
    await inDatabase(`encoding 'UTF8' locale_provider icu icu_locale 'en' locale 'C'`, async (url) => {
      expect(finding(await diagnoseAs(url), 'COLLATION_CHANGED')).toBeUndefined();
      await admin.query(`update pg_database set datcollversion = '1.2' where datname = $1`, [prefix]);
      expect(finding(await diagnoseAs(url), 'COLLATION_CHANGED')?.detail).toMatch(/was version 1\.2 and is/);
    });
  });

  it('finds that its pgvector is too old', async () => {
    const version = await valueOf(`select extversion as value from pg_extension where extname = 'vector'`);
    const set = (to: string): string =>
      `update pg_extension set extversion = '${to}' where extname = 'vector'`;
    expect(codesOf(await during(set('0.7.4'), set(version), asApplication))).toEqual([
      'error PGVECTOR_TOO_OLD',
      ...WELL,
    ]);
    expect(codesOf(await asApplication())).toEqual(WELL);
  });
});

describe('diagnose, of the context key', () => {
  const other = { keyId: 'test', secret: new Uint8Array(32).fill(8) };
  const keyed = (expiry: string): [fault: string, undo: string] => [
    `update app.context_keys set expires_at = ${expiry}`,
    'update app.context_keys set expires_at = null',
  ];

  it('finds that there is none', async () => {
    const without = { config: { contextKey: undefined } } as unknown as DiagnosisOptions;
    expect(codesOf(await asApplication(without))).toEqual(['error CONTEXT_KEY_MISSING']);
    const privileged = ['error PRIVILEGED_ROLE'];
    expect(codesOf(await asAdministrator(without))).toEqual(privileged);
    expect(codesOf(await during(...keyed('now()'), () => asAdministrator(without)))).toEqual([
      ...privileged,
      'error CONTEXT_KEY_MISSING',
    ]);
  });

  it.each([
    ['another secret', other],
    ['another name', { ...other, keyId: 'unknown' }],
  ])('finds that the database has %s', async (_, contextKey) => {
    expect(codesOf(await asApplication({ config: { contextKey } }))).toEqual(['error CONTEXT_KEY_REJECTED']);
  });

  it('finds that it expired', async () => {
    expect(codesOf(await during(...keyed('now()'), asApplication))).toEqual(['error CONTEXT_KEY_REJECTED']);
    expect(codesOf(await asApplication())).toEqual(WELL);
  });

  it('finds that it is going to expire, for who may see that', async () => {
    const look = (expiry: string): Promise<Finding[]> => during(...keyed(expiry), () => asAdministrator());
    const soon = finding(await look(`now() + interval '6 days'`), 'CONTEXT_KEY_EXPIRING');
    expect(soon).toMatchObject({ severity: 'warning' });
    expect(soon?.detail).toMatch(/^The database accepts what test signs until \d{4}-/);
    expect(finding(await look(`now() + interval '8 days'`), 'CONTEXT_KEY_EXPIRING')).toBeUndefined();
  });

  it('leaves no context on the connection', async () => {
    const config = configFromEnv({ DATABASE_URL: database.directUrlFor('agent_agency_app') });
    const rows = await withAdministratorConnection(config, async (connection) => {
      await diagnose(connection, { config: { ...config, contextKey: other } });
      return (await connection.query(`select current_setting('app.current_tenant', true) as tenant`)).rows;
    });
    expect(rows).toEqual([{ tenant: '' }]);
  });
});

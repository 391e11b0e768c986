import { parseDatabaseUrl } from './database-url.ts';

/** What a PgBouncer is to stand in front of, and how. */
export interface PoolerConfiguration {
  /** URL of a server's administrator. */
  readonly server: string;
  readonly version: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** The first version that keeps prepared statements apart from connections. */
export const FIRST_WITH_PREPARED_STATEMENTS = '1.21';
const firstWithAuthDatabase = '1.19';

/** Whether a version like `1.24.1` is `oldest` or newer. */
export function isAtLeast(version: string, oldest: string): boolean {
  return version.localeCompare(oldest, 'en', { numeric: true }) >= 0;
}

/**
 * The text of `pgbouncer.ini`: every database and every login of the server, and nobody is asked for a password.
 *
 * What roles there are (tests make some) is looked up as they log in. The server may ask for a password all the same;
 * every login has the administrator's there, if any (see `allowLogin`).
 */
export function configurationOf(configuration: PoolerConfiguration, usersFile: string): string {
  const { port, version } = configuration;
  const { hostname, port: serverPort, username, password, pathname } = parseDatabaseUrl(configuration.server);
  const secret = Buffer.from(decodeURIComponent(password)).toString('hex');
  const settings: Record<string, string> = {
    pool_mode: 'transaction',
    default_pool_size: '20',
    max_client_conn: '500',
    server_reset_query: '',
    ...(isAtLeast(version, FIRST_WITH_PREPARED_STATEMENTS) && { max_prepared_statements: '100' }),
    ...configuration.settings,
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: usersFile,
    auth_query: `select rolname::text, convert_from(decode('${secret}', 'hex'), 'UTF8') from pg_catalog.pg_roles where rolname = $1`,
    // Elsewhere the look-up holds a connection to the caller's database.
    ...(isAtLeast(version, firstWithAuthDatabase) && { auth_dbname: decodeURIComponent(pathname.slice(1)) }),
  };
  const server = {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: serverPort === '' ? '5432' : serverPort,
    auth_user: decodeURIComponent(username),
  };
  const target = Object.entries(server).map(([name, value]) => `${name}='${value.replaceAll("'", "''")}'`);
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return ['[databases]', `* = ${target.join(' ')}`, '[pgbouncer]', ...lines, ''].join('\n');
}

/** The text of PgBouncer's file of users: the administrator, who looks up the others. */
export function usersOf(server: string): string {
  const { username, password } = parseDatabaseUrl(server);
  const words = [username, password].map((text) => `"${decodeURIComponent(text).replaceAll('"', '""')}"`);
  return `${words.join(' ')}\n`;
}

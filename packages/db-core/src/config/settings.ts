import type { DatabaseConfigInput } from '../config.ts';
import {
  CONTEXT_KEY,
  DURATION,
  FLAG,
  type Form,
  MILLISECONDS,
  PEM_FILE,
  SECRET,
  SSL_SWITCH,
  TEXT,
  WHOLE_NUMBER,
} from './forms.ts';
import { REPLICA_URLS } from './replica-urls.ts';

/** A setting that the environment can state; `ssl.ca` is a part of `ssl` with a variable of its own. */
export type SettingName = Exclude<keyof DatabaseConfigInput, 'queryTimeoutMs'> | 'ssl.ca';

export interface Setting {
  /** The first is the setting's own, the others are its aliases. */
  readonly variables: readonly (readonly [name: string, form: Form])[];
  readonly meaning: string;
  /** Said instead of the value of the default. */
  readonly defaultText?: string;
}

/** `<name>_MS` takes milliseconds; `<name>` and the other aliases durations. */
function limit(name: string, meaning: string, aliases: readonly string[] = []): Setting {
  const durations = [name, ...aliases].map((alias) => [alias, DURATION] as const);
  return { variables: [[`${name}_MS`, MILLISECONDS], ...durations], meaning };
}

/** Everything that variables can set. From this table come what is read, the messages and the reference page. */
export const SETTINGS: Readonly<Record<SettingName, Setting>> = {
  host: {
    variables: [['DB_HOST', TEXT]],
    meaning: 'name or address of the server, or the folder of its UNIX socket',
  },
  port: { variables: [['DB_PORT', WHOLE_NUMBER]], meaning: 'its port' },
  database: { variables: [['DB_NAME', TEXT]], meaning: 'database' },
  user: { variables: [['DB_USER', TEXT]], meaning: 'login role; `agent_agency_app` for services' },
  password: {
    variables: [['DB_PASSWORD', SECRET]],
    meaning: "the role's password; without one, `PGPASSWORD` or `~/.pgpass`",
    defaultText: 'none',
  },
  ssl: {
    variables: [['DB_SSL', SSL_SWITCH]],
    meaning: 'TLS: `true` verifies certificate and name, `no-verify` neither',
  },
  'ssl.ca': {
    variables: [['DB_SSL_ROOT_CERT', PEM_FILE]],
    meaning: 'certificates to trust instead of those that Node.js trusts (`system`); switches TLS on',
    defaultText: '`system`',
  },
  min: {
    variables: [
      ['DB_POOL_MIN', WHOLE_NUMBER],
      ['DB_MIN_CONNECTIONS', WHOLE_NUMBER],
    ],
    meaning: 'connections that stay open when idle',
    defaultText: '`2`, or `max` where that is less',
  },
  max: {
    variables: [
      ['DB_POOL_MAX', WHOLE_NUMBER],
      ['DB_MAX_CONNECTIONS', WHOLE_NUMBER],
    ],
    meaning: 'most connections at once',
  },
  maxPerTenant: {
    variables: [['DB_POOL_MAX_PER_TENANT', WHOLE_NUMBER]],
    meaning: 'most of them that one tenant may hold; `max` or more limits nobody',
    defaultText: '`max` − ⌊`max` / 4⌋, so `15`',
  },
  idleTimeoutMs: limit('DB_IDLE_TIMEOUT', 'when a connection above `min` that nobody uses is closed'),
  connectionTimeoutMs: limit(
    'DB_CONNECTION_TIMEOUT',
    'deadline of a checkout: queueing and connecting together',
    ['DB_CONNECT_TIMEOUT'],
  ),
  statementTimeoutMs: limit('DB_STATEMENT_TIMEOUT', 'longest statement; the server cancels it'),
  lockTimeoutMs: limit('DB_LOCK_TIMEOUT', 'longest wait for a lock'),
  idleInTransactionTimeoutMs: limit(
    'DB_IDLE_IN_TRANSACTION_TIMEOUT',
    'how long a transaction may do nothing before the server ends it',
  ),
  maxLifetimeMs: limit('DB_MAX_LIFETIME', 'age at which a connection is replaced'),
  maxUses: {
    variables: [['DB_MAX_USES', WHOLE_NUMBER]],
    meaning: 'checkouts after which a connection is replaced; 0: no limit',
  },
  leakReportMs: limit('DB_LEAK_REPORT', 'a checkout held longer is reported, with the stack that took it'),
  shutdownTimeoutMs: limit('DB_SHUTDOWN_TIMEOUT', 'how long `shutdown()` waits for what runs'),
  applicationName: { variables: [['DB_APPLICATION_NAME', TEXT]], meaning: 'name in `pg_stat_activity`' },
  contextKey: {
    variables: [['DB_CONTEXT_KEY', CONTEXT_KEY]],
    meaning: 'signs tenant contexts; `agency-db context-key create` makes one',
    defaultText: 'none',
  },
  allowPrivilegedRole: {
    variables: [['DB_ALLOW_PRIVILEGED_ROLE', FLAG]],
    meaning: 'accept a login that could switch row level security off',
  },
  replicas: {
    variables: [['DB_REPLICA_URLS', REPLICA_URLS]],
    meaning: 'replicas to read from; what a URL leaves out is as it is for the primary',
    defaultText: 'none',
  },
  replicaMaxLagMs: limit('DB_REPLICA_MAX_LAG', 'a replica further behind is not read from'),
};

import { z } from 'zod';
import { ADDRESS, fits, isSocket, text, wholeNumber } from './config/address.ts';
import { DatabaseError } from './errors/database-error.ts';
import { ContextKey } from './tenant/context-key.ts';

export { redactConfig, type RedactedConfig } from './config/redact-config.ts';

const DEFAULT_MIN = 2;
const DEFAULT_MAX = 20;
const DEFAULT_STATEMENT_TIMEOUT_MS = 30_000;

const DAY_MS = 86_400_000;
const DurationMs = wholeNumber(0, DAY_MS, ' of milliseconds');
const Connections = wholeNumber(1, 1000);

/** Skipped when one of these settings is wrong already; not when another one is, so that all is reported at once. */
function whenSound(...names: readonly string[]): (payload: z.core.ParsePayload) => boolean {
  return ({ value, issues }) =>
    typeof value === 'object' &&
    value !== null &&
    !issues.some(({ path }) => names.includes(String(path?.[0])));
}

const NO_TLS_ON_A_SOCKET = {
  path: ['ssl'],
  error: 'must be false where host is a UNIX socket: PostgreSQL has no TLS there',
  when: whenSound('host', 'ssl'),
};

function mayHaveTls({ host, ssl }: { host: string; ssl?: z.infer<typeof ADDRESS.ssl> | undefined }): boolean {
  return !isSocket(host) || ssl === undefined || ssl === false;
}

/** What is left out is as it is for the primary. */
export const Replica = z
  .strictObject({
    host: ADDRESS.host,
    port: ADDRESS.port.optional(),
    database: ADDRESS.database.optional(),
    user: ADDRESS.user.optional(),
    password: ADDRESS.password.optional(),
    ssl: ADDRESS.ssl.optional(),
  })
  .refine(mayHaveTls, NO_TLS_ON_A_SOCKET);

/** Every setting by itself; `src/config/settings.ts` has their meanings and variables. */
export const SETTING_SCHEMAS = {
  host: ADDRESS.host.default('localhost'),
  port: ADDRESS.port.default(5432),
  database: ADDRESS.database.default('agent_agency_v2'),
  user: ADDRESS.user.default('postgres'),
  password: ADDRESS.password.default(''),
  ssl: ADDRESS.ssl.default(false),
  min: wholeNumber(0, 1000).optional(),
  max: Connections.default(DEFAULT_MAX),
  maxPerTenant: Connections.optional(),
  idleTimeoutMs: DurationMs.default(30_000),
  connectionTimeoutMs: DurationMs.default(10_000),
  statementTimeoutMs: DurationMs.optional(),
  /** @deprecated The old name of `statementTimeoutMs`: the server cancels, not the client. */
  queryTimeoutMs: DurationMs.optional(),
  lockTimeoutMs: DurationMs.default(10_000),
  idleInTransactionTimeoutMs: DurationMs.default(60_000),
  maxLifetimeMs: DurationMs.default(3_600_000),
  maxUses: wholeNumber(0, 1_000_000_000).default(0),
  leakReportMs: DurationMs.default(60_000),
  shutdownTimeoutMs: DurationMs.default(30_000),
  applicationName: text('must have at most 63 bytes', (value) => fits(value, 63)).default('v2-arbiter'),
  contextKey: ContextKey.optional(),
  allowPrivilegedRole: z.boolean({ error: 'must be true or false' }).default(false),
  replicas: z.array(Replica, { error: 'must be a list of addresses' }).default([]),
  replicaMaxLagMs: DurationMs.default(10_000),
};

const Given = z.strictObject(SETTING_SCHEMAS);
type Given = z.output<typeof Given>;

/**
 * Where the database is and how the pool behaves.
 *
 * **Units** every `…Ms` is milliseconds; 0 switches that limit off.
 *
 * @see docs/reference/configuration.md
 */
export const DatabaseConfig = Given.refine(({ min, max }) => min === undefined || min <= max, {
  path: ['min'],
  error: `must not be greater than max (${DEFAULT_MAX} if that is not set)`,
  when: whenSound('min', 'max'),
})
  .refine(
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- for those who still use it
    ({ queryTimeoutMs: old, statementTimeoutMs = old }) => old === undefined || old === statementTimeoutMs,
    {
      path: ['queryTimeoutMs'],
      error: 'differs from statementTimeoutMs, of which it is the old name: leave it out',
      when: whenSound('queryTimeoutMs', 'statementTimeoutMs'),
    },
  )
  .refine(mayHaveTls, NO_TLS_ON_A_SOCKET)
  .transform(complete);
export type DatabaseConfig = z.output<typeof DatabaseConfig>;
export type DatabaseConfigInput = z.input<typeof DatabaseConfig>;

/**
 * Checks a configuration and fills in its defaults.
 *
 * @throws {DatabaseError} `INVALID_CONFIG` with every problem at once; never with a secret.
 */
export function parseConfig(input: DatabaseConfigInput): DatabaseConfig {
  const parsed = DatabaseConfig.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidConfig(problemsOf(parsed.error));
}

/** Lists every problem, without the values that have them: one may be a password. */
export function invalidConfig(problems: readonly string[]): DatabaseError {
  return new DatabaseError('INVALID_CONFIG', `the database configuration is wrong: ${problems.join('; ')}`, {
    details: { problems: problems.length },
  });
}

/** Each problem once, after the name of the setting that has it. */
export function problemsOf(
  { issues }: Pick<z.core.$ZodError, 'issues'>,
  nameOf = (path: readonly PropertyKey[]): string => path.join('.'),
): string[] {
  return [...new Set(issues.map(({ path, message }) => `${nameOf(path)} ${message}`.trimStart()))];
}

// eslint-disable-next-line @typescript-eslint/no-deprecated -- here it becomes the new one
function complete({ queryTimeoutMs, ...given }: Given) {
  const { max, ssl } = given;
  return {
    ...given,
    min: given.min ?? Math.min(DEFAULT_MIN, max),
    // A quarter of the connections stays out of any one tenant's reach.
    maxPerTenant: given.maxPerTenant ?? max - Math.floor(max / 4),
    statementTimeoutMs: given.statementTimeoutMs ?? queryTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS,
    replicas: given.replicas.map((replica) => ({
      host: replica.host,
      port: replica.port ?? given.port,
      database: replica.database ?? given.database,
      user: replica.user ?? given.user,
      password: replica.password ?? given.password,
      ssl: replica.ssl ?? (isSocket(replica.host) ? false : ssl),
    })),
  };
}

import { z } from 'zod';
import { DatabaseError } from './errors/database-error.ts';
import { ContextKey, parseContextKey } from './tenant/context-key.ts';

const Port = z.coerce.number().int().min(1).max(65_535);
const DurationMs = z.coerce.number().int().min(0).max(86_400_000);
const Flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** How to verify the server. `false`: no TLS. */
const Ssl = z.union([z.literal(false), z.strictObject({ rejectUnauthorized: z.boolean() })]);

/**
 * Where the database is and how the pool behaves.
 *
 * **Units** every `…Ms` is milliseconds; 0 switches a timeout off.
 */
export const DatabaseConfig = z.strictObject({
  host: z.string().min(1).default('localhost'),
  port: Port.default(5432),
  database: z.string().min(1).max(63).default('agent_agency_v2'),
  user: z.string().min(1).max(63).default('postgres'),
  password: z.string().default(''),
  ssl: Ssl.default(false),
  /** Connections that stay open when idle. */
  min: z.coerce.number().int().min(0).default(2),
  /** Most connections at once. */
  max: z.coerce.number().int().min(1).max(1000).default(20),
  idleTimeoutMs: DurationMs.default(30_000),
  /** How long to wait for a connection, new or freed by another caller. */
  connectionTimeoutMs: DurationMs.default(10_000),
  /** Enforced by the server. A timeout on the client would hand a busy connection to the next caller. */
  statementTimeoutMs: DurationMs.default(30_000),
  applicationName: z.string().max(63).default('v2-arbiter'),
  /** Signs tenant contexts. Without it, the login has to be an administrator's and `allowPrivilegedRole` true. */
  contextKey: ContextKey.optional(),
  /** Accept a login that could switch row level security off. Tenant transactions then become `agent_agency_app`. */
  allowPrivilegedRole: z.boolean().default(false),
});
export type DatabaseConfig = z.infer<typeof DatabaseConfig>;
export type DatabaseConfigInput = z.input<typeof DatabaseConfig>;

/**
 * Checks a configuration and fills in its defaults.
 *
 * @throws {DatabaseError} `INVALID_CONFIG` with every problem at once.
 */
export function parseConfig(input: DatabaseConfigInput): DatabaseConfig {
  return parseOrThrow(DatabaseConfig.refine(minAtMostMax, 'min: must not be greater than max'), input);
}

/**
 * Reads the configuration from environment variables: `DATABASE_URL` for the address, or `DB_HOST`, `DB_PORT`,
 * `DB_NAME`, `DB_USER`, `DB_PASSWORD`; and `DB_SSL`, `DB_POOL_MIN`, `DB_POOL_MAX`, `DB_IDLE_TIMEOUT_MS`,
 * `DB_CONNECTION_TIMEOUT_MS`, `DB_STATEMENT_TIMEOUT_MS`, `DB_APPLICATION_NAME`, `DB_CONTEXT_KEY`,
 * `DB_ALLOW_PRIVILEGED_ROLE`.
 *
 * @throws {DatabaseError} `INVALID_CONFIG` with every problem at once; never with a secret.
 */
export function configFromEnv(env: Readonly<Record<string, string | undefined>>): DatabaseConfig {
  const input = parseOrThrow(Environment, definedOnly(env));
  return parseConfig(input);
}

/** The configuration without its secrets, for logs and for people. */
export type RedactedConfig = Omit<DatabaseConfig, 'password' | 'contextKey'> & { readonly contextKeyId?: string };

export function redactConfig(config: DatabaseConfig): RedactedConfig {
  const { password: _password, contextKey, ...rest } = config;
  return contextKey === undefined ? rest : { ...rest, contextKeyId: contextKey.keyId };
}

const Environment = z
  .object({
    DATABASE_URL: z.string().transform(parseDatabaseUrl).optional(),
    DB_HOST: z.string().optional(),
    DB_PORT: Port.optional(),
    DB_NAME: z.string().optional(),
    DB_USER: z.string().optional(),
    DB_PASSWORD: z.string().optional(),
    DB_SSL: z.enum(['true', 'false', 'no-verify']).optional(),
    DB_POOL_MIN: z.coerce.number().int().min(0).optional(),
    DB_POOL_MAX: z.coerce.number().int().min(1).max(1000).optional(),
    DB_IDLE_TIMEOUT_MS: DurationMs.optional(),
    DB_CONNECTION_TIMEOUT_MS: DurationMs.optional(),
    DB_STATEMENT_TIMEOUT_MS: DurationMs.optional(),
    DB_APPLICATION_NAME: z.string().optional(),
    DB_CONTEXT_KEY: z.string().transform(parseContextKey).optional(),
    DB_ALLOW_PRIVILEGED_ROLE: Flag.optional(),
  })
  .transform((env): DatabaseConfigInput => {
    const address = env.DATABASE_URL ?? {
      host: env.DB_HOST,
      port: env.DB_PORT,
      database: env.DB_NAME,
      user: env.DB_USER,
      password: env.DB_PASSWORD,
    };
    return definedOnly({
      ...address,
      ssl: env.DB_SSL === undefined ? env.DATABASE_URL?.ssl : SSL_MODES[env.DB_SSL],
      min: env.DB_POOL_MIN,
      max: env.DB_POOL_MAX,
      idleTimeoutMs: env.DB_IDLE_TIMEOUT_MS,
      connectionTimeoutMs: env.DB_CONNECTION_TIMEOUT_MS,
      statementTimeoutMs: env.DB_STATEMENT_TIMEOUT_MS,
      applicationName: env.DB_APPLICATION_NAME,
      contextKey: env.DB_CONTEXT_KEY,
      allowPrivilegedRole: env.DB_ALLOW_PRIVILEGED_ROLE,
    });
  });

/** `DB_SSL` and libpq's `sslmode`. Whoever asks for TLS gets the certificate verified, unless they say no-verify. */
const SSL_MODES: Readonly<Record<string, DatabaseConfig['ssl']>> = {
  true: { rejectUnauthorized: true },
  false: false,
  'no-verify': { rejectUnauthorized: false },
  disable: false,
  require: { rejectUnauthorized: true },
  'verify-ca': { rejectUnauthorized: true },
  'verify-full': { rejectUnauthorized: true },
};

type Address = Partial<Pick<DatabaseConfig, 'host' | 'port' | 'database' | 'user' | 'password' | 'ssl'>>;

function parseDatabaseUrl(text: string, context: z.core.$RefinementCtx): Address {
  const problem = (message: string): Address => {
    context.addIssue({ code: 'custom', message, input: undefined });
    return {};
  };
  if (!URL.canParse(text)) return problem('is not a URL: write postgres://user:password@host:5432/database');
  const url = new URL(text);
  if (!['postgres:', 'postgresql:'].includes(url.protocol)) return problem('has to begin with postgres://');
  const mode = url.searchParams.get('sslmode');
  const unknown = [...url.searchParams.keys()].filter((key) => key !== 'sslmode');
  if (unknown.length > 0) return problem(`has parameters that are not supported: ${unknown.join(', ')}`);
  if (mode !== null && !(mode in SSL_MODES)) return problem(`has an unknown sslmode; use disable, require or verify-full`);
  return definedOnly({
    host: decodeURIComponent(url.hostname).replace(/^\[(?<address>.*)\]$/, '$<address>') || undefined,
    port: url.port === '' ? undefined : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)) || undefined,
    user: decodeURIComponent(url.username) || undefined,
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    ssl: mode === null ? undefined : SSL_MODES[mode],
  });
}

function minAtMostMax(config: DatabaseConfig): boolean {
  return config.min <= config.max;
}

function parseOrThrow<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => [...issue.path, issue.message].join(': '));
  throw new DatabaseError('INVALID_CONFIG', `the database configuration is wrong: ${problems.join('; ')}`, {
    details: { problems: problems.length },
  });
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function definedOnly<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== '')) as Defined<T>;
}

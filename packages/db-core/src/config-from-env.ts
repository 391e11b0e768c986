import { z } from 'zod';
import {
  DatabaseConfig,
  DEFAULT_MAX,
  invalidConfig,
  parseConfig,
  type DatabaseConfigInput,
} from './config.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { parseContextKey } from './tenant/context-key.ts';

const { shape } = DatabaseConfig;

// Not `Number` or `z.coerce`: they take ' ' for 0, '0x10' for 16 and '1e3' for 1000.
const Integer = z
  .string()
  .regex(/^-?\d{1,15}$/, 'has to be a whole number')
  .transform(Number);
const Flag = z.enum(['true', 'false']).transform((value) => value === 'true');
/** Whoever asks for TLS gets the certificate verified, unless they say no-verify. */
const Ssl = z
  .enum(['true', 'false', 'no-verify'])
  .transform((mode): DatabaseConfig['ssl'] => mode !== 'false' && { rejectUnauthorized: mode === 'true' });

const Environment = z
  .object({
    DATABASE_URL: z.string().transform(parseDatabaseUrl).optional(),
    DB_HOST: shape.host.optional(),
    DB_PORT: Integer.pipe(shape.port.unwrap()).optional(),
    DB_NAME: shape.database.optional(),
    DB_USER: shape.user.optional(),
    DB_PASSWORD: shape.password.optional(),
    DB_SSL: Ssl.optional(),
    DB_POOL_MIN: Integer.pipe(shape.min.unwrap()).optional(),
    DB_POOL_MAX: Integer.pipe(shape.max.unwrap()).optional(),
    DB_IDLE_TIMEOUT_MS: Integer.pipe(shape.idleTimeoutMs.unwrap()).optional(),
    DB_CONNECTION_TIMEOUT_MS: Integer.pipe(shape.connectionTimeoutMs.unwrap()).optional(),
    DB_STATEMENT_TIMEOUT_MS: Integer.pipe(shape.statementTimeoutMs.unwrap()).optional(),
    DB_APPLICATION_NAME: shape.applicationName.optional(),
    DB_CONTEXT_KEY: z.string().transform(parseContextKey).optional(),
    DB_ALLOW_PRIVILEGED_ROLE: Flag.optional(),
  })
  .refine(({ DB_POOL_MIN = 0, DB_POOL_MAX = DEFAULT_MAX }) => DB_POOL_MIN <= DB_POOL_MAX, {
    path: ['DB_POOL_MIN'],
    message: `must not be greater than DB_POOL_MAX (${String(DEFAULT_MAX)} if that is not set)`,
    // Also beside problems of other variables, so that all of them are reported at once.
    when: ({ issues }) => !issues.some(({ path }) => String(path?.[0]).startsWith('DB_POOL_')),
  });

/**
 * Reads the configuration from environment variables: `DATABASE_URL` for the address, or `DB_HOST`, `DB_PORT`,
 * `DB_NAME`, `DB_USER`, `DB_PASSWORD`; and `DB_SSL`, `DB_POOL_MIN`, `DB_POOL_MAX`, `DB_IDLE_TIMEOUT_MS`,
 * `DB_CONNECTION_TIMEOUT_MS`, `DB_STATEMENT_TIMEOUT_MS`, `DB_APPLICATION_NAME`, `DB_CONTEXT_KEY`,
 * `DB_ALLOW_PRIVILEGED_ROLE`. An empty variable counts as absent.
 *
 * @throws {DatabaseError} `INVALID_CONFIG` with every problem at once; never with a secret.
 */
export function configFromEnv(env: Readonly<Record<string, string | undefined>>): DatabaseConfig {
  const parsed = Environment.safeParse(definedOnly(env));
  if (!parsed.success) throw invalidConfig(parsed.error);
  return parseConfig(inputOf(parsed.data));
}

function inputOf(env: z.output<typeof Environment>): DatabaseConfigInput {
  const { ssl, ...address } = env.DATABASE_URL ?? {
    host: env.DB_HOST,
    port: env.DB_PORT,
    database: env.DB_NAME,
    user: env.DB_USER,
    password: env.DB_PASSWORD,
    ssl: undefined,
  };
  return definedOnly({
    ...address,
    ssl: env.DB_SSL ?? ssl,
    min: env.DB_POOL_MIN,
    max: env.DB_POOL_MAX,
    idleTimeoutMs: env.DB_IDLE_TIMEOUT_MS,
    connectionTimeoutMs: env.DB_CONNECTION_TIMEOUT_MS,
    statementTimeoutMs: env.DB_STATEMENT_TIMEOUT_MS,
    applicationName: env.DB_APPLICATION_NAME,
    contextKey: env.DB_CONTEXT_KEY,
    allowPrivilegedRole: env.DB_ALLOW_PRIVILEGED_ROLE,
  });
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function definedOnly<T extends object>(values: T): Defined<T> {
  const defined = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(defined) as Defined<T>;
}

import { z } from 'zod';
import { DatabaseError } from './errors/database-error.ts';
import { ContextKey } from './tenant/context-key.ts';

const DurationMs = z.number().int().min(0).max(86_400_000);

/** How to verify the server. `false`: no TLS. */
const Ssl = z.union([z.literal(false), z.strictObject({ rejectUnauthorized: z.boolean() })]);

const DEFAULT_MIN = 2;
/** Most connections at once, where nothing else is said. */
export const DEFAULT_MAX = 20;

/**
 * Where the database is and how the pool behaves.
 *
 * **Units** every `…Ms` is milliseconds; 0 switches a timeout off.
 */
export const DatabaseConfig = z.strictObject({
  host: z.string().min(1).default('localhost'),
  port: z.number().int().min(1).max(65_535).default(5432),
  database: z.string().min(1).max(63).default('agent_agency_v2'),
  user: z.string().min(1).max(63).default('postgres'),
  password: z.string().default(''),
  ssl: Ssl.default(false),
  /** Connections that stay open when idle. Default: 2, or `max` where that is less. */
  min: z.number().int().min(0).default(DEFAULT_MIN),
  /** Most connections at once. */
  max: z.number().int().min(1).max(1000).default(DEFAULT_MAX),
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

const ConsistentConfig = DatabaseConfig.refine(({ min, max }) => min <= max, {
  path: ['min'],
  message: 'must not be greater than max',
  // Also beside other problems, so that all of them are reported at once.
  when: ({ value }) => hasPoolSizes(value),
});

/**
 * Checks a configuration and fills in its defaults.
 *
 * @throws {DatabaseError} `INVALID_CONFIG` with every problem at once; never with a secret.
 */
export function parseConfig(input: DatabaseConfigInput): DatabaseConfig {
  const parsed = ConsistentConfig.safeParse({ ...input, min: input.min ?? defaultMin(input.max) });
  if (parsed.success) return parsed.data;
  throw invalidConfig(parsed.error);
}

/** Lists every problem, without the values that have them: one may be a password. */
export function invalidConfig({ issues }: z.core.$ZodError): DatabaseError {
  const problems = issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(' '));
  return new DatabaseError('INVALID_CONFIG', `the database configuration is wrong: ${problems.join('; ')}`, {
    details: { problems: problems.length },
  });
}

/** The configuration without its secrets, for logs and for people. */
export type RedactedConfig = Omit<DatabaseConfig, 'password' | 'contextKey'> & {
  readonly contextKeyId?: string;
};

export function redactConfig(config: DatabaseConfig): RedactedConfig {
  const { password: _password, contextKey, ...rest } = config;
  return contextKey === undefined ? rest : { ...rest, contextKeyId: contextKey.keyId };
}

/** Who asks for fewer connections than usually stay open gets what they ask for, and no error. */
function defaultMin(max: unknown): number {
  return typeof max === 'number' && max < DEFAULT_MIN ? max : DEFAULT_MIN;
}

function hasPoolSizes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('min' in value) || !('max' in value)) return false;
  return typeof value.min === 'number' && typeof value.max === 'number';
}

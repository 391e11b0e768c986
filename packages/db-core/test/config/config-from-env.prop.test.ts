import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configFromEnv, formatContextKey, isDataLayerError, parseConfig } from '../../src/index.ts';
import { redactConfig } from '../../src/config.ts';
import { SETTINGS, type SettingName } from '../../src/config/settings.ts';
import { CERTIFICATE, CERTIFICATE_PATH } from './server-certificate.ts';

/** What a setting may be, and how that is written. */
interface Example {
  readonly value: unknown;
  readonly text: string;
}

const word = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,30}$/);
const anyText = (maxLength: number) =>
  fc.string({ unit: 'grapheme', maxLength }).filter((s) => !s.includes('\0'));
const written = <T>(values: fc.Arbitrary<T>, write: (value: T) => string = String): fc.Arbitrary<Example> =>
  values.map((value) => ({ value, text: write(value) }));
const count = (min: number, max: number) => written(fc.integer({ min, max }));
const minutes = fc.integer({ min: 0, max: 1440 }).map((n) => n * 60_000);

/** `DB_…_MS` takes milliseconds, its aliases durations. */
function limit(variable: string): fc.Arbitrary<Example> {
  if (variable.endsWith('_MS')) return count(0, 86_400_000);
  return fc.oneof(
    written(fc.integer({ min: 0, max: 86_400_000 }), (ms) => `${ms}ms`),
    written(minutes, (ms) => `${ms / 1000}s`),
    written(minutes, (ms) => `${ms / 60_000}m`),
  );
}

const contextKey = fc.record({
  keyId: fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
  secret: fc.uint8Array({ minLength: 32, maxLength: 64 }),
});

const RIGHT: Readonly<Record<SettingName, (variable: string) => fc.Arbitrary<Example>>> = {
  host: () => written(fc.oneof(word, fc.ipV6(), fc.constant('/run/pg'))),
  port: () => count(1, 65_535),
  database: () => written(word),
  user: () => written(word),
  password: () => written(anyText(40)),
  ssl: () =>
    fc.constantFrom(
      { value: false, text: 'false' },
      { value: { rejectUnauthorized: true }, text: 'true' },
      { value: { rejectUnauthorized: false }, text: 'no-verify' },
    ),
  'ssl.ca': () => fc.constant({ value: CERTIFICATE, text: CERTIFICATE_PATH }),
  min: () => count(0, 2),
  max: () => count(2, 1000),
  maxPerTenant: () => count(1, 1000),
  idleTimeoutMs: limit,
  connectionTimeoutMs: limit,
  statementTimeoutMs: limit,
  lockTimeoutMs: limit,
  idleInTransactionTimeoutMs: limit,
  maxLifetimeMs: limit,
  maxUses: () => count(0, 1_000_000_000),
  leakReportMs: limit,
  shutdownTimeoutMs: limit,
  applicationName: () => written(word),
  contextKey: () => written(contextKey, formatContextKey),
  allowPrivilegedRole: () => written(fc.boolean()),
  replicas: () =>
    written(
      word.map((host) => [{ host }]),
      ([replica]) => `postgres://${replica?.host ?? ''}`,
    ),
  replicaMaxLagMs: limit,
};

/** Wrong for every variable of the setting, with one problem each. */
const NUMBERS = [' ', '-1', '1.5', '0x1', '1e3', 'NaN', '9'.repeat(15), '1 '];
const TEXTS = [' ', ' x', 'x\n', 'x'.repeat(64) + ' '];
const WRONG: Readonly<Record<SettingName, readonly string[]>> = {
  host: ['a b', 'a,b', 'a:5432', ...TEXTS],
  port: ['0', '65536', ...NUMBERS],
  database: ['x'.repeat(64), ...TEXTS],
  user: ['x'.repeat(64), ...TEXTS],
  password: ['\0', 'a\0b'],
  ssl: ['TRUE', '1', 'require', ' '],
  'ssl.ca': ['/nowhere', ' ', '.'],
  min: ['1001', ...NUMBERS],
  max: ['0', '1001', ...NUMBERS],
  maxPerTenant: ['0', '1001', ...NUMBERS],
  idleTimeoutMs: ['1h30m', ...NUMBERS],
  connectionTimeoutMs: ['25h', ...NUMBERS],
  statementTimeoutMs: ['1.5h', ...NUMBERS],
  lockTimeoutMs: ['30 s', ...NUMBERS],
  idleInTransactionTimeoutMs: ['30S', ...NUMBERS],
  maxLifetimeMs: ['1d', ...NUMBERS],
  maxUses: NUMBERS,
  leakReportMs: ['-1s', ...NUMBERS],
  shutdownTimeoutMs: ['s', ...NUMBERS],
  applicationName: ['x'.repeat(64), ...TEXTS],
  contextKey: ['k', 'k:', ':AAAA', ' '],
  allowPrivilegedRole: ['yes', '1', 'TRUE', ' '],
  replicas: ['nonsense', ' ', 'mysql://h', 'postgres:///d'],
  replicaMaxLagMs: ['1w', ...NUMBERS],
};

const names = Object.keys(SETTINGS) as SettingName[];
const variableOf = (name: SettingName) =>
  fc.constantFrom(...SETTINGS[name].variables.map(([variable]) => variable));

interface Stated {
  readonly name: SettingName;
  readonly variable: string;
  readonly right: Example;
  readonly wrong: string | undefined;
}

/** Some settings, each by one of its variables. */
const someSettings = fc.subarray(names).chain((chosen) => fc.tuple(...chosen.map(stated)));

function stated(name: SettingName): fc.Arbitrary<Stated> {
  return variableOf(name).chain((variable) =>
    fc.record({
      name: fc.constant(name),
      variable: fc.constant(variable),
      right: RIGHT[name](variable),
      wrong: fc.option(fc.constantFrom(...WRONG[name]), { nil: undefined }),
    }),
  );
}

/** TLS on a socket, and certificates without TLS, are problems between settings: not what these tests are about. */
function isConsistent(settings: readonly Stated[]): boolean {
  const values = new Map(settings.map(({ name, right }) => [name, right.value]));
  const ssl = values.get('ssl') ?? values.has('ssl.ca');
  return !(ssl !== false && values.get('host') === '/run/pg') && !(ssl === false && values.has('ssl.ca'));
}

describe('configFromEnv', () => {
  it('reads every setting as it was written, by any of its variables', () => {
    fc.assert(
      fc.property(someSettings.filter(isConsistent), (settings) => {
        const env = Object.fromEntries(settings.map(({ variable, right }) => [variable, right.text]));
        const { 'ssl.ca': ca, ...input } = Object.fromEntries(
          settings.filter(({ right }) => right.text !== '').map(({ name, right }) => [name, right.value]),
        );
        const expected: object =
          ca === undefined
            ? input
            : { ...input, ssl: { rejectUnauthorized: true, ...(input['ssl'] ?? {}), ca } };
        expect(configFromEnv(env)).toStrictEqual(parseConfig(expected));
      }),
    );
  });

  it('reports exactly the variables that are wrong, whatever is wrong beside them', () => {
    fc.assert(
      fc.property(someSettings.filter(isConsistent), (settings) => {
        const wrong = settings.filter((setting) => setting.wrong !== undefined);
        const env = Object.fromEntries(
          settings.map(({ variable, right, wrong = right.text }) => [variable, wrong]),
        );
        if (wrong.length === 0) return void configFromEnv(env);
        const error = errorOf(env);
        expect(error?.details['problems']).toBe(wrong.length);
        const named = settings.filter(({ variable }) => ` ${error?.message ?? ''}`.includes(` ${variable} `));
        expect(named).toEqual(wrong);
      }),
      { numRuns: 300 },
    );
  });

  it('reads any password out of a URL and out of DB_PASSWORD', () => {
    fc.assert(
      fc.property(anyText(60), (password) => {
        const url = `postgres://u:${encodeURIComponent(password)}@h/d`;
        expect(configFromEnv({ DATABASE_URL: url, DB_PASSWORD: password }).password).toBe(password);
      }),
    );
  });
});

function errorOf(env: Readonly<Record<string, string>>) {
  try {
    configFromEnv(env);
    return undefined;
  } catch (error) {
    if (isDataLayerError(error, 'INVALID_CONFIG')) return error;
    throw error;
  }
}

/** What makes trouble in URLs, around a word that must never be seen again. */
const trouble = fc.array(
  fc.constantFrom(
    ...[
      '/',
      '@',
      ':',
      '#',
      '?',
      '%',
      '%2',
      '%25',
      '&',
      '=',
      '+',
      ' ',
      '\\',
      '[',
      ']',
      '"',
      '<',
      "'",
      '\n',
      '\t',
      '\0',
    ],
    ...[
      'é',
      '💥',
      '\ud800',
      'x',
      '1',
      '//',
      'host=',
      '?host=',
      'sslmode=',
      '?application_name=',
      '&options=',
      '?port=',
    ],
  ),
  { maxLength: 6 },
);
const secret = fc
  .tuple(trouble, trouble)
  .map(([before, after]) => `${before.join('')}hunter2${after.join('')}`);
const shapes: ((secret: string) => Record<string, string>)[] = [
  (secret) => ({ DB_PASSWORD: secret }),
  (secret) => ({ DB_CONTEXT_KEY: secret }),
  (secret) => ({ DB_CONTEXT_KEY: `k1:${secret}` }),
  (secret) => ({ DATABASE_URL: `postgres://u:${secret}@h/d` }),
  (secret) => ({ DATABASE_URL: `postgres://u:${secret}@h:5432/d?sslmode=disable` }),
  (secret) => ({ DATABASE_URL: `postgres://u:${secret}@/d?host=/run/pg` }),
  (secret) => ({ DATABASE_URL: `postgres://u:${secret.replaceAll(/[/@:#?%]/g, encodeURIComponent)}@h:1/d` }),
  (secret) => ({ DB_REPLICA_URLS: `postgres://a/d,postgres://u:${secret}@h/d` }),
];
const broken: Record<string, string> = { DB_PORT: 'x', DB_SSL: 'x', DB_POOL_MIN: '999' };

describe('a secret', () => {
  it('is in no message, no error and no redacted configuration, right or wrong', () => {
    fc.assert(
      fc.property(
        secret,
        fc.subarray(shapes, { minLength: 1 }),
        fc.subarray(Object.keys(broken)),
        (...drawn) => {
          const [text, chosen, others] = drawn;
          const wrong = Object.fromEntries(others.map((name) => [name, broken[name] ?? '']));
          const env = Object.assign({}, wrong, ...chosen.map((shape) => shape(text))) as Record<
            string,
            string
          >;
          const error = errorOf(env);
          const seen =
            error === undefined
              ? inspect(redactConfig(configFromEnv(env)), { depth: Infinity })
              : inspect(error, { depth: Infinity, showHidden: true }) +
                String(error.stack) +
                JSON.stringify(error);
          expect(seen).not.toMatch(/hunter2/i);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

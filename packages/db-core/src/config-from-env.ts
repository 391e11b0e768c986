import { invalidConfig, type DatabaseConfig, type DatabaseConfigInput } from './config.ts';
import { parseDatabaseUrl } from './config/database-url.ts';
import { SETTINGS, type SettingName } from './config/settings.ts';
import { Statements } from './config/statements.ts';

/**
 * Reads the configuration from environment variables: `DATABASE_URL`, and those of `docs/reference/configuration.md`.
 * An empty variable counts as absent. Two that say different things of one setting are a problem.
 *
 * @param defaults what holds where the environment says nothing.
 * @throws {DatabaseError} `INVALID_CONFIG` with every problem at once; never with a secret.
 */
export function configFromEnv(
  env: Readonly<Record<string, string | undefined>>,
  defaults: DatabaseConfigInput = {},
): DatabaseConfig {
  const statements = new Statements();
  const url = env['DATABASE_URL'] ?? '';
  if (url !== '') {
    const said = statements.problems.attempt('DATABASE_URL', () => parseDatabaseUrl(url));
    for (const [name, value] of said ?? []) statements.add(name, `DATABASE_URL (${name})`, () => value);
  }
  for (const [name, { variables }] of Object.entries(SETTINGS)) {
    for (const [variable, form] of variables) {
      const text = env[variable] ?? '';
      if (text !== '') statements.add(name as SettingName, variable, () => form.read(text));
    }
  }
  const config = statements.parse(defaults);
  if (config === undefined) throw invalidConfig(statements.problems.all);
  return config;
}

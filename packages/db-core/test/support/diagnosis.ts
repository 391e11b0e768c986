import { configFromEnv, withAdministratorConnection, type DatabaseConfig } from '../../src/index.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { DiagnosisContext } from '../../src/diagnosis/diagnosis-context.ts';
import type { Finding } from '../../src/diagnosis/finding.ts';
import { TEST_CONTEXT_KEY } from '../../src/testing.ts';

export interface DiagnosisOptions extends Omit<Partial<DiagnosisContext>, 'config'> {
  readonly config?: Partial<DatabaseConfig>;
  /** Statements that the session begins with. */
  readonly before?: readonly string[];
}

/** Diagnoses a login's own session. It has the tests' context key unless told otherwise. */
export function diagnoseAs(url: string, options: DiagnosisOptions = {}): Promise<Finding[]> {
  const { config: changes, before = [], ...rest } = options;
  const config = { ...configFromEnv({ DATABASE_URL: url }), contextKey: TEST_CONTEXT_KEY, ...changes };
  return withAdministratorConnection(config, async (connection) => {
    for (const statement of before) await connection.query(statement);
    return diagnose(connection, { ...rest, config });
  });
}

/** What every server of the tests may have, whoever provides it. */
const SURROUNDINGS = new Set(['SERVER_KNOWN_BUGS', 'PGVECTOR_KNOWN_BUGS', 'DURABILITY_OFF', 'NOT_HARDENED']);

/** `severity code`, without what depends on the server that the tests happened to get. */
export function codesOf(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ code }) => !SURROUNDINGS.has(code))
    .map(({ severity, code }) => `${severity} ${code}`);
}

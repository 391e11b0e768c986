import { DatabaseError as ServerError } from 'pg';
import { isDataLayerError } from '../errors/data-layer-error.ts';
import { fromServer } from '../errors/from-postgres.ts';
import type { Queryable } from '../pool/queryable.ts';
import { clockFindings } from './clock-findings.ts';
import { configurationFindings } from './configuration-findings.ts';
import { contextKeyFindings } from './context-key-findings.ts';
import type { DiagnosisContext } from './diagnosis-context.ts';
import { notChecked, type Finding, type Severity } from './finding.ts';
import { hardeningFindings } from './hardening-findings.ts';
import { isolationFindings } from './isolation-findings.ts';
import { isPrivileged, loginFindings } from './login-findings.ts';
import { roleSettingFindings } from './role-setting-findings.ts';
import { readSchema } from './schema-findings.ts';
import { readServerFacts, readServerVersion } from './server-facts.ts';
import { serverFindings } from './server-findings.ts';
import { isServerTooOld, serverVersionFindings } from './version-findings.ts';

const ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/**
 * Looks for what is, or may become, wrong with a database and with how it is used. Changes nothing. Any login may: what
 * it may not look at is a finding, `NOT_CHECKED`.
 *
 * **Runs** reads of the catalogue, each a transaction of its own: `connection` must be outside a transaction.
 *
 * @returns errors first, then warnings, then what is good to know.
 * @throws {DatabaseError} when the connection breaks.
 */
export async function diagnose(connection: Queryable, context: DiagnosisContext): Promise<Finding[]> {
  const findings = [...configurationFindings(context), ...(await databaseFindings(connection, context))];
  return findings.sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}

async function databaseFindings(connection: Queryable, context: DiagnosisContext): Promise<Finding[]> {
  const { config, now = Date.now } = context;
  const version = await readServerVersion(connection);
  const versionFindings = serverVersionFindings(version);
  // An older server does not know half of what it would be asked.
  if (isServerTooOld(version)) return versionFindings;
  const askedAt = now();
  const facts = await readServerFacts(connection);
  const answeredAt = now();
  const login = { isPrivileged: isPrivileged(facts), isApplication: facts.is_application };
  const schema = await readSchema(connection);
  const source = { contextKey: config.contextKey, isPrivileged: login.isPrivileged, now };
  const isServices = login.isApplication && !login.isPrivileged;
  return [
    ...versionFindings,
    ...clockFindings({ askedAt, serverAt: facts.clock_ms, answeredAt }),
    ...serverFindings(facts, context),
    ...loginFindings(facts, config),
    ...schema.findings,
    ...(schema.isMigrated
      ? [
          ...(await allowed('row level security', () => isolationFindings(connection, isServices))),
          ...(await allowed('settings of roles', () => roleSettingFindings(connection, isServices))),
          ...(await allowed('what an administrator can close', () => hardeningFindings(connection))),
          ...(await allowed('the context key', () => contextKeyFindings(connection, source))),
        ]
      : []),
  ];
}

/** What privileges say is asked before; a managed server may withhold more. Any other error is not for us to judge. */
async function allowed(subject: string, find: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await find();
  } catch (error) {
    // An administrator's connection throws the server's own errors.
    const mapped = error instanceof ServerError ? fromServer(error) : error;
    if (isDataLayerError(mapped, 'PERMISSION_DENIED')) return [notChecked(subject)];
    throw error;
  }
}

import type { Statement } from '../pool/flight.ts';
import type { SessionFacts } from '../pool/session-facts.ts';

/**
 * Everything a transaction sets, in the order of the statement's parameters. Always all of it: what is left out could be
 * what somebody's SQL has set on the connection before.
 */
const SETTINGS = [
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'app.current_tenant',
  'app.current_user',
  'app.current_session',
  'app.context_signature',
] as const;

export type ContextSettings = Readonly<Record<(typeof SETTINGS)[number] | 'statement_timeout', string>>;

/** The settings of nobody. */
export const NO_TENANT = {
  'app.current_tenant': '',
  'app.current_user': '',
  'app.current_session': '',
  'app.context_signature': '',
};

/** Who runs the statements: the tenant's application, or an operator as the owner of the schema. */
export type ContextKind = 'tenant' | 'system' | 'none';

const PARAMETERS = SETTINGS.map((name, at) => setLocal(name, `$${at + 1}`));

const FIXED = [
  // Temporary tables last: one of the same name, left on the connection, would be taken for the real table.
  setLocal('search_path', `'public, pg_temp'`),
  setLocal('row_security', `'on'`),
];

/** What SQL can leave behind on a connection for the next one to read, or to work with. */
const TIDY: readonly Statement[] = ['discard temp', 'close all', 'unlisten *'].map((text) => ({
  text,
  isSilent: true,
}));

/** Not through a pooler, which sets and prepares what its clients have asked for, and would not know. */
const RESET: readonly Statement[] = ['reset all', 'deallocate all'].map((text) => ({ text, isSilent: true }));

const TIMEOUT = `select ${setLocal('statement_timeout', '$1')}, pg_catalog.pg_advisory_unlock_all()`;

/**
 * The statements that make a transaction somebody's, and fail unless the database agrees whose it is. Without that a
 * key that was rotated away, or a wrong clock, would look like a tenant without rows.
 *
 * The timeout is a statement of its own: the one that somebody has left behind could be too short for the rest.
 */
export function contextStatements(
  kind: ContextKind,
  settings: ContextSettings,
  facts: SessionFacts,
): Statement[] {
  // The role comes last: the settings before it are set with the login's rights, everything after with the role's.
  const role = roleOf(kind, facts.isPrivileged);
  const columns = [...FIXED, ...PARAMETERS];
  if (role !== undefined) columns.push(setLocal('role', `'${role}'`));
  if (kind === 'tenant') columns.push('app.require_tenant_id()');
  const text = `select ${columns.join(', ')}`;
  const values = SETTINGS.map((name) => settings[name]);
  return [
    ...(facts.isPooled ? [] : RESET),
    ...TIDY,
    { text: TIMEOUT, values: [settings.statement_timeout], isSilent: true },
    { text, values, isSilent: true },
  ];
}

function roleOf(kind: ContextKind, isPrivileged: boolean): string | undefined {
  if (kind === 'system') return 'agent_agency_owner';
  return isPrivileged ? 'agent_agency_app' : undefined;
}

/** `set local` takes no parameters; this is the same and does. The search path is still what somebody may have left. */
function setLocal(name: string, value: string): string {
  return `pg_catalog.set_config('${name}', ${value}, true)`;
}

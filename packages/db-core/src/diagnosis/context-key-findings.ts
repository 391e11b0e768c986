import type { Queryable } from '../pool/queryable.ts';
import type { ContextKey } from '../tenant/context-key.ts';
import { createContextSigner, keyBlocks } from '../tenant/context-signer.ts';
import { parseTenantContext } from '../tenant/tenant-context.ts';
import { notChecked, type Finding } from './finding.ts';

/** Need not exist: the database verifies who signed, and not what. */
const PROBE = parseTenantContext({ tenantId: 'diagnosis' });

const SOON_MS = 7 * 24 * 60 * 60 * 1000;

// One statement is one transaction, after which the settings are gone.
const VERIFY = `
  select
    set_config('app.current_tenant', $1, true),
    set_config('app.current_user', '', true),
    set_config('app.current_session', '', true),
    set_config('app.context_signature', $2, true),
    app.current_tenant_id() = $1 as is_accepted`;

// By the catalogue: naming the table raises an error where the login may not use its schema.
const MAY_READ_KEYS = `
  select has_schema_privilege(schema.oid, 'usage') and has_table_privilege(class.oid, 'select') as may_read
  from pg_class as class
  join pg_namespace as schema on schema.oid = class.relnamespace
  where schema.nspname = 'app' and class.relname = 'context_keys'`;

const KEYS = `
  select
    key_id,
    expires_at
  from app.context_keys`;

interface KeyRow {
  readonly key_id: string;
  readonly expires_at: Date | null;
}

interface KeySource {
  readonly contextKey: ContextKey | undefined;
  readonly isPrivileged: boolean;
  readonly now: () => number;
}

/** Whether tenant contexts can be signed, and whether the database accepts and goes on accepting them. */
export async function contextKeyFindings(connection: Queryable, source: KeySource): Promise<Finding[]> {
  const { contextKey, isPrivileged } = source;
  if (contextKey === undefined && !isPrivileged) {
    return [missing('set DB_CONTEXT_KEY to the key that `agency-db context-key create` printed')];
  }
  const keys = await readKeys(connection);
  // A privileged login signs with the database's newest key that does not expire.
  if (contextKey === undefined) {
    if (keys === undefined) return [notChecked("the database's own keys")];
    return keys.some((key) => key.expires_at === null) ? [] : [missing('run `agency-db context-key create`')];
  }
  if (!(await isAccepted(connection, contextKey, source.now()))) return [rejected(contextKey)];
  if (keys === undefined) return [notChecked('when the context key expires')];
  return expiryFindings(
    keys.find(({ key_id }) => key_id === contextKey.keyId),
    source.now(),
  );
}

async function isAccepted(connection: Queryable, key: ContextKey, now: number): Promise<boolean> {
  const signature = createContextSigner(keyBlocks(key)).sign(PROBE, new Date(now));
  const { rows } = await connection.query(VERIFY, [PROBE.tenantId, signature]);
  return rows[0]?.['is_accepted'] === true;
}

async function readKeys(connection: Queryable): Promise<readonly KeyRow[] | undefined> {
  const { rows } = await connection.query(MAY_READ_KEYS);
  if (rows[0]?.['may_read'] !== true) return undefined;
  return (await connection.query(KEYS)).rows as unknown as KeyRow[];
}

function expiryFindings(key: KeyRow | undefined, now: number): Finding[] {
  if (key?.expires_at == null || key.expires_at.getTime() - now > SOON_MS) return [];
  return [
    {
      code: 'CONTEXT_KEY_EXPIRING',
      severity: 'warning',
      title: 'the context key expires soon',
      detail: `The database accepts what ${key.key_id} signs until ${key.expires_at.toISOString()}.`,
      remedy: 'run `agency-db context-key create`, and give the new key to every service as DB_CONTEXT_KEY',
    },
  ];
}

function rejected({ keyId }: ContextKey): Finding {
  return {
    code: 'CONTEXT_KEY_REJECTED',
    severity: 'error',
    title: 'the database does not accept what the context key signs',
    detail: `It has no valid key ${keyId}, or another one of that name, or the clocks differ by more than 300 s.`,
    remedy: 'set DB_CONTEXT_KEY to a key that `agency-db context-key create` printed for this database',
  };
}

function missing(remedy: string): Finding {
  return {
    code: 'CONTEXT_KEY_MISSING',
    severity: 'error',
    title: 'there is no key to sign tenant contexts with',
    detail: 'Every transaction of a tenant fails.',
    remedy,
  };
}

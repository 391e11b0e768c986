import { ROLES } from '../actors.ts';
import { NAME, OURS, type Relation } from '../catalogue.ts';
import { queryRows, quoteName, type ProofConnection } from '../connection.ts';
import type { Mutant } from './mutants.ts';

const RIGHTS = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'] as const;
const COLUMN_RIGHTS = ['select', 'insert', 'update', 'references'] as const;
const SEQUENCE_RIGHTS = ['usage', 'select', 'update'] as const;
const GRANTEES = [ROLES.app, ROLES.readonly, 'public'] as const;

/** A right to a relation, or to one of its columns. */
interface Grant {
  readonly relation: string;
  readonly grantee: string;
  readonly right: string;
}

/** Every right that the logins and PUBLIC lack, granted; every one that they have, revoked. */
export async function grantMutants(
  connection: ProofConnection,
  relations: readonly Relation[],
): Promise<Mutant[]> {
  const [version = 0] = await queryRows<number>(connection, VERSION);
  // New in PostgreSQL 17.
  const tableRights = version < 170_000 ? RIGHTS : [...RIGHTS, 'maintain'];
  const there = new Set((await queryRows<Grant>(connection, GRANTS)).map(keyOf));
  return relations.flatMap(({ name: relation, kind, columns }) => {
    const rights = kind === 'sequence' ? SEQUENCE_RIGHTS : tableRights;
    const ofAll = GRANTEES.flatMap((grantee) =>
      rights.map((right) => {
        const grant = { relation, grantee, right };
        return change(there.has(keyOf(grant)) ? 'revoke' : 'grant', grant);
      }),
    );
    if (kind !== 'table') return ofAll;
    const column = quoteName(columns.at(-1) ?? '');
    const ofColumns = COLUMN_RIGHTS.map((right) => ({ relation, grantee: ROLES.readonly, right }))
      .filter((grant) => !there.has(keyOf(grant)))
      .map((grant) => change('grant', { ...grant, right: `${grant.right} (${column})` }));
    return [...ofAll, ...ofColumns];
  });
}

const keyOf = ({ relation, grantee, right }: Grant): string => `${right} on ${relation} to ${grantee}`;

function change(verb: 'grant' | 'revoke', { relation, grantee, right }: Grant): Mutant {
  const to = verb === 'grant' ? 'to' : 'from';
  const sql = `${verb} ${right} on ${relation} ${to} ${grantee}`;
  return { subject: relation, kind: 'grant', what: `${verb} ${right} ${to} ${grantee}`, sql: [sql] };
}

const VERSION = `select current_setting('server_version_num')::int as row`;

const GRANTS = `
select jsonb_build_object(
  'relation', ${NAME},
  'grantee', case grantee when 0 then 'public' else pg_get_userbyid(grantee) end,
  'right', lower(privilege_type)
) as row
from (
  select pg_class.oid, acl.grantee, acl.privilege_type from pg_class, aclexplode(relacl) as acl
  union
  select attrelid, acl.grantee, acl.privilege_type from pg_attribute, aclexplode(attacl) as acl
) as granted
join pg_class on pg_class.oid = granted.oid
join pg_namespace on pg_namespace.oid = relnamespace
where ${OURS}`;

import { ROLES } from '../actors.ts';
import type { Routine } from '../catalogue.ts';
import { queryRows, type ProofConnection } from '../connection.ts';
import type { Mutant } from './mutants.ts';

/** Who may execute a function, with whose rights it runs, and where it looks for names. */
export async function routineMutants(
  connection: ProofConnection,
  routines: readonly Routine[],
): Promise<Mutant[]> {
  const mutants: Mutant[] = [];
  for (const { name, isDefiner } of routines) {
    const change = (what: string, sql: string): Mutant => ({
      subject: name,
      kind: 'function',
      what,
      sql: [sql],
    });
    for (const grantee of [ROLES.app, ROLES.readonly, 'public']) {
      const [has] = await queryRows<boolean>(connection, EXECUTES, [name, grantee]);
      mutants.push(
        has === true
          ? change(`revoke execute from ${grantee}`, `revoke execute on function ${name} from ${grantee}`)
          : change(`grant execute to ${grantee}`, `grant execute on function ${name} to ${grantee}`),
      );
    }
    mutants.push(
      isDefiner
        ? change('security invoker', `alter function ${name} security invoker`)
        : change('security definer', `alter function ${name} security definer`),
    );
    if (!isDefiner) continue;
    mutants.push(
      change('owned by the administrator', `alter function ${name} owner to current_user`),
      change('no path', `alter function ${name} reset search_path`),
      change('a path that begins elsewhere', `alter function ${name} set search_path = public, pg_catalog`),
      change(
        'a path without pg_temp at its end',
        `alter function ${name} set search_path = pg_catalog, public`,
      ),
    );
  }
  return mutants;
}

const EXECUTES = `
select exists (
  select from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
  where oid = $1::regprocedure
    and grantee = case $2 when 'public' then 0 else (select oid from pg_roles where rolname = $2) end
) as row`;

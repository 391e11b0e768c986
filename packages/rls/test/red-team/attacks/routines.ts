import { withSession } from '@agent-agency/testing';
import { MARKER, OTHER } from '../worlds.ts';
import { attack, type Attack } from '../attack.ts';

/** Draw at random, and read nothing. */
const RANDOM = /^app\.(random_below|happens_with_exp|discrete_laplace)\(/;

const HOSTILE = [
  `'${OTHER}'`,
  'null',
  `'agent_profiles'' or true --'`,
  `'%I; drop table tenants; --%s%L'`,
  `E'\\\\''; select tenant_id from task_queue --'`,
  `'app.context_keys'`,
  `'${'x'.repeat(300)}'`,
  `'*:* | !a <-> b'`,
  `'${MARKER}'`,
];

/** Values of types that hold no text. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  integer: ['1', '-1', 'null', '2147483647'],
  bigint: ['1', '-1', 'null', '9223372036854775807'],
  numeric: ['0.5', '-1', 'null', `'NaN'`],
  jsonb: [`'{}'`, 'null', `'[1]'`, `'"${OTHER}"'`],
  bytea: [`'${OTHER}'`, 'null'],
  uuid: [`'00000001-0000-4000-8000-000000000000'`, 'null'],
  vector: [`array_fill(0.1::real, array[768])::vector`, 'null', `'[1]'`],
  'text[]': [`array['${OTHER}']`, 'null'],
  'character varying[]': [`array['agent_profile']`, 'null', `array['${OTHER}']`],
};

interface Routine {
  readonly name: string;
  readonly called: string;
  readonly types: readonly string[];
}

/** Calls everything that the application may execute, with what nobody should be called with. */
export async function routineAttacks(administratorUrl: string): Promise<Attack[]> {
  const { rows } = await withSession(administratorUrl, (session) => session.query(ROUTINES));
  return (rows as unknown as Routine[])
    .filter(({ name }) => !RANDOM.test(name))
    .map(({ name, called, types }) =>
      attack(
        name,
        ...HOSTILE.map((_, at) => {
          const values = types.map((type, place) => `${valueOf(type, at + place * 2)}::${type}`);
          return `select count(*), string_agg(result::text, ',' order by result::text) from ${called}(${values.join(', ')}) as result`;
        }),
        'select pg_current_xact_id_if_assigned() is not null as wrote',
      ),
    );
}

function valueOf(type: string, at: number): string {
  const values = OTHERS[type] ?? (/^(text|character)/.test(type) ? HOSTILE : ['null']);
  return values[at % values.length] ?? 'null';
}

const ROUTINES = `
select
  routine.oid::regprocedure::text as name,
  routine.oid::regproc::text as called,
  array(
    select format_type(type, null) from unnest(routine.proargtypes) with ordinality as argument (type, place) order by place
  ) as types
from pg_proc as routine
where pronamespace in ('app'::regnamespace, 'public'::regnamespace)
  and has_function_privilege('agent_agency_app', routine.oid, 'execute')
  and prokind = 'f' and prorettype <> 'trigger'::regtype
  and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = routine.oid and deptype = 'e')
order by 1`;

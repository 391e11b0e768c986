import { queryRows, type ProofConnection } from './connection.ts';

/** A table, partition, view, materialized view, foreign table or sequence. */
export interface Relation {
  /** With its schema, unless that is `public`. */
  readonly name: string;
  readonly kind: 'table' | 'partition' | 'view' | 'materialized view' | 'sequence' | 'foreign table';
  /** Columns that can be written. */
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
}

/** A reference to another table of tenants, beside the tenant. */
export interface ForeignKey {
  readonly name: string;
  readonly column: string;
  readonly referred: string;
  readonly referredColumn: string;
}

export interface Routine {
  /** With its arguments' types, and its schema unless that is `public`. */
  readonly name: string;
  readonly isTrigger: boolean;
  /** The extension that it belongs to. */
  readonly extension: string | null;
  readonly isDefiner: boolean;
  readonly owner: string;
  /** Its pinned settings. */
  readonly settings: readonly string[];
  readonly language: string;
  /** A call with nothing but nulls. */
  readonly nullCall: string;
}

/** What is there to be proven. */
export interface Catalogue {
  readonly relations: readonly Relation[];
  readonly routines: readonly Routine[];
}

export async function readCatalogue(connection: ProofConnection): Promise<Catalogue> {
  return {
    relations: await queryRows<Relation>(connection, RELATIONS),
    routines: await queryRows<Routine>(connection, ROUTINES),
  };
}

/** Schemas that are PostgreSQL's own. Everything else is the database's. */
export const OURS = `nspname not in ('pg_catalog', 'information_schema') and nspname !~ '^pg_(toast|temp)'`;

/** The name of a relation as the model has it. */
export const NAME = `case nspname when 'public' then relname else nspname || '.' || relname end`;

const RELATIONS = `
select jsonb_build_object(
  'name', ${NAME},
  'kind', case
    when relispartition then 'partition'
    else case relkind
      when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table'
      else 'table'
    end
  end,
  'columns', array(
    select attname from pg_attribute
    where attrelid = relation.oid and attnum > 0 and not attisdropped and attgenerated = '' and attidentity <> 'a'
    order by attnum
  ),
  'primaryKey', array(
    select attname from pg_constraint
    cross join unnest(conkey) with ordinality as key (number, place)
    join pg_attribute on attrelid = conrelid and attnum = key.number
    where conrelid = relation.oid and contype = 'p'
    order by key.place
  ),
  'foreignKeys', array(
    select jsonb_build_object(
      'name', conname,
      'column', (select attname from pg_attribute where attrelid = conrelid and attnum = conkey[2]),
      'referred', (
        select ${NAME} from pg_class join pg_namespace on pg_namespace.oid = relnamespace where pg_class.oid = confrelid
      ),
      'referredColumn', (select attname from pg_attribute where attrelid = confrelid and attnum = confkey[2])
    )
    from pg_constraint
    where conrelid = relation.oid and contype = 'f' and cardinality(conkey) = 2 and conparentid = 0
    order by conname
  )
) as row
from pg_class as relation
join pg_namespace on pg_namespace.oid = relnamespace
where ${OURS} and relkind in ('r', 'p', 'v', 'm', 'S', 'f')
order by ${NAME}`;

const ROUTINES = `
select jsonb_build_object(
  'name', routine.oid::regprocedure::text,
  'isTrigger', prorettype in ('trigger'::regtype, 'event_trigger'::regtype),
  'extension', (
    select extname from pg_depend join pg_extension on pg_extension.oid = refobjid
    where classid = 'pg_proc'::regclass and objid = routine.oid and deptype = 'e'
  ),
  'isDefiner', prosecdef,
  'owner', pg_get_userbyid(proowner),
  'settings', coalesce(proconfig, '{}'),
  'language', lanname,
  'nullCall', format(
    'select %s(%s)::text',
    routine.oid::regproc,
    -- Not constant: of a strict function with a null nothing is left to be refused.
    (select string_agg(format('(select null::%s)', format_type(type, null)), ', ') from unnest(proargtypes::oid[]) as type)
  )
) as row
from pg_proc as routine
join pg_namespace on pg_namespace.oid = pronamespace
join pg_language on pg_language.oid = prolang
where ${OURS}
order by 1`;

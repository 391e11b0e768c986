import type { Rule } from './rule.ts';

/** Tables that every node has all rows of, and why. They have to stay small, and few write them. */
const ON_EVERY_NODE = [
  'tenants', // every table refers to it
  'app.context_keys', // a node cannot tell who asks without it
];

const listed = `array[${ON_EVERY_NODE.map((name) => `'${name}'`).join(', ')}]`;

/**
 * What Citus demands of tables that are distributed by tenant; over the view `placement`. From its checks on
 * `create_distributed_table()`.
 */
export const distributionRules: readonly Rule[] = [
  {
    name: 'unique keys and exclusions include the tenant, compared by equality',
    violations: `
      select indexrelid::regclass::text as violation
      from pg_index
      join distributed on distributed.oid = indrelid
      left join pg_constraint on conindid = indexrelid and contype = 'x'
      where (indisunique or indisexclusion) and not exists (
        select from generate_series(1, indnkeyatts) as place
        where indkey[place - 1] = tenant_attnum
          and (not indisexclusion or (select oprname from pg_operator where oid = conexclop[place]) = '=')
      )`,
    breaches: [
      'alter table agent_profiles add constraint one_name unique (name)',
      'create unique index one_chunk on entity_chunk_mappings (chunk_id) include (tenant_id)',
      'alter table agent_profiles add constraint one_name exclude (name with =)',
    ],
  },
  {
    name: 'foreign keys between distributed tables have the tenant at the same place on both sides',
    violations: `
      select conname as violation
      from pg_constraint
      join distributed as own on own.oid = conrelid
      join distributed as other on other.oid = confrelid
      where contype = 'f' and not exists (
        select from unnest(conkey, confkey) as pair (here, there)
        where here = own.tenant_attnum and there = other.tenant_attnum
      )`,
    breaches: [
      `create unique index one_id on agent_capabilities_graph (id);
       alter table entity_chunk_mappings add constraint across foreign key (entity_id)
         references agent_capabilities_graph (id) on delete cascade`,
      `create unique index crossed on agent_capabilities_graph (agent_id, tenant_id);
       alter table entity_chunk_mappings add constraint across foreign key (tenant_id, chunk_type)
         references agent_capabilities_graph (agent_id, tenant_id) on delete cascade`,
    ],
  },
  {
    name: 'the tables that every node needs are those few',
    violations: `
      select full_name as violation from placement where (kind = 'reference') <> (full_name = any(${listed}))`,
    breaches: [
      `create table public.kinds (id varchar(50) primary key);
       alter table entity_chunk_mappings add constraint of_kind foreign key (chunk_type) references kinds (id) on delete restrict`,
      `create table public.kinds (id varchar(50) primary key);
       create function public.kind_of(p_id text) returns text language plpgsql stable as $$
         begin return (select id from kinds where id = p_id); end $$;
       alter table entity_chunk_mappings alter column chunk_type set default kind_of('commit')`,
    ],
  },
  {
    name: 'tables that every node has refer to nothing that is elsewhere',
    violations: `
      select conname as violation
      from pg_constraint
      join placement as own on own.oid = conrelid and own.kind = 'reference'
      join placement as other on other.oid = confrelid and other.kind <> 'reference'
      where contype = 'f'`,
    breaches: [
      `alter table tenants add constraint has_config foreign key (id)
         references tenant_privacy_config (tenant_id) on delete restrict`,
    ],
  },
  {
    name: 'no deletion and no change of a key sets or carries the tenant',
    violations: `
      select conname as violation
      from pg_constraint
      join distributed on distributed.oid = conrelid
      where contype = 'f' and tenant_attnum = any(conkey)
        and (confdeltype in ('n', 'd') or confupdtype in ('n', 'd', 'c'))`,
    breaches: [
      `alter table entity_chunk_mappings add constraint loose foreign key (tenant_id, chunk_id)
         references caws_provenance_graph (tenant_id, id) on delete set null (chunk_id)`,
      `alter table entity_chunk_mappings add constraint loose foreign key (tenant_id, chunk_id)
         references caws_provenance_graph (tenant_id, id) on delete restrict on update cascade`,
    ],
  },
  {
    name: 'the tenant has one type and one deterministic collation everywhere, is always known, and is not computed',
    violations: `
      select full_name as violation
      from distributed
      join pg_attribute on attrelid = distributed.oid and attnum = tenant_attnum
      where format_type(atttypid, atttypmod) <> 'character varying(255)' or not attnotnull or attgenerated <> ''
        or attcollation <> (select oid from pg_collation where collname = 'default')`,
    breaches: [
      'create table public.forgotten (tenant_id text not null)',
      'create table public.forgotten (tenant_id varchar(255))',
      'create table public.forgotten (tenant_id varchar(255) collate "C" not null)',
      `create collation public.odd (provider = icu, locale = 'und', deterministic = false);
       create table public.forgotten (tenant_id varchar(255) collate odd not null)`,
      `create table public.forgotten (
         id varchar(255) not null, tenant_id varchar(255) not null generated always as (id) stored
       )`,
    ],
  },
  {
    name: 'nothing inherits, and partitions have no partitions',
    violations: `
      select inhrelid::regclass::text as violation
      from pg_inherits
      join pg_class as child on child.oid = inhrelid
      join pg_class as parent on parent.oid = inhparent
      where child.relkind in ('r', 'p', 'f') and (parent.relkind <> 'p' or child.relkind = 'p')`,
    breaches: [
      'create table public.heir () inherits (agent_profiles)',
      `create table public.parted (tenant_id varchar(255) not null) partition by list (tenant_id);
       create table public.part partition of parted default partition by list (tenant_id)`,
    ],
  },
  {
    name: 'what counts in a distributed table counts in bigint, of which each node gets its share',
    violations: `
      select full_name || '.' || attname as violation
      from distributed
      join pg_attribute on attrelid = distributed.oid and attnum > 0 and not attisdropped
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where atttypid <> 'bigint'::regtype and (attidentity <> '' or pg_get_expr(adbin, adrelid) ~ 'nextval\\(')`,
    breaches: [
      'alter table agent_profiles add column number integer generated always as identity',
      'alter table agent_profiles add column number serial',
    ],
  },
  {
    name: 'a distributed table’s triggers are not an extension’s',
    violations: `
      select tgname as violation
      from pg_trigger
      join distributed on distributed.oid = tgrelid
      join pg_depend on classid = 'pg_trigger'::regclass and objid = pg_trigger.oid
      where deptype in ('e', 'x')`,
    breaches: ['alter trigger refuse_provenance_change on caws_provenance_graph depends on extension vector'],
  },
];

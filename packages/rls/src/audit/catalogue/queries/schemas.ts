import { grantsOf, IN_SCOPE, type GrantRow } from './fragments.ts';

export interface SchemaRow {
  readonly name: string;
  readonly owner: string;
  readonly is_in_scope: boolean;
  readonly grants: readonly GrantRow[];
}

export const SCHEMAS = `
  select
    schema.nspname::text as name,
    pg_get_userbyid(schema.nspowner)::text as owner,
    ${IN_SCOPE} as is_in_scope,
    ${grantsOf('schema.nspacl', "'n'", 'schema.nspowner')} as grants
  from pg_namespace as schema
  where schema.nspname !~ '^pg_(toast|temp)'
  order by schema.nspname`;

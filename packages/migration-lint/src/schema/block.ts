import type { ChangeOf, Index } from '../changes/change.ts';
import { shown } from '../sql/names.ts';
import { replace, TENANT, type Schema } from './schema.ts';

/**
 * A `do` block makes its statements while it runs, so nobody can read them. One thing is known: where it isolates
 * tables, they have a tenant from then on, and their keys lead with it.
 */
export function applyBlock(schema: Schema, { body, at }: ChangeOf<'block'>): void {
  if (!/\bisolate_tenant_table\b/.test(body)) return;
  // A name alone between quotes is in a list of tables; others are parts of statements.
  const listed = new Set(body.match(/(?<=')[\w.]+(?=')/g) ?? []);
  for (const { name, isolatedBy } of schema.tables.values())
    if (listed.has(shown(name)) && isolatedBy === undefined) giveTenant(schema, name, at);
}

function giveTenant(schema: Schema, name: string, at: number): void {
  replace(schema.tables, name, { isolatedBy: TENANT });
  const { columns, constraints } = schema.tables.get(name) ?? {};
  if (columns === undefined || columns.has(TENANT)) return;
  const type = { name: 'varchar', modifiers: [], isArray: false, at };
  columns.set(TENANT, { name: TENANT, type, isNotNull: true, isIdentity: false, isGenerated: false, at });
  for (const [key, constraint] of constraints ?? [])
    if (constraint.kind !== 'check')
      constraints?.set(key, { ...constraint, columns: [TENANT, ...constraint.columns] });
  for (const [key, index] of schema.indexes)
    if (index.table === name && index.method === 'btree') schema.indexes.set(key, withTenant(index));
}

function withTenant(index: Index): Index {
  return { ...index, columns: [{ name: TENANT, at: index.at }, ...index.columns] };
}

import type { Relation } from './catalogue.ts';
import { quoteName, type ProofConnection } from './connection.ts';
import { ROLES } from './actors.ts';
import { TABLES } from './model/tables.ts';
import type { Layer } from './model/visible.ts';

/** Leaves one layer of a table's policies, and takes away the help of rights that the application lacks. */
export async function openLayer(
  connection: ProofConnection,
  { name }: Relation,
  layer: Layer,
): Promise<void> {
  if (layer === 'both') return;
  const model = TABLES[name];
  if (model?.kind === 'tenant' && (model.app.length < 4 || Object.keys(model.appColumns).length > 0)) {
    await connection.query(
      `grant select, insert, update, delete on ${name} to ${ROLES.app};
       grant execute on all functions in schema app to ${ROLES.app}`,
    );
  }
  if (layer === 'guards') {
    await connection.query(
      `create policy proof_everything on ${name} to ${ROLES.app}, ${ROLES.readonly}, ${ROLES.owner}
        using (true) with check (true)`,
    );
  }
  if (layer === 'policies') {
    const { rows } = await connection.query(
      'select polname::text as policy from pg_policy where polrelid = $1::regclass and not polpermissive',
      [name],
    );
    for (const { policy } of rows)
      await connection.query(`drop policy ${quoteName(String(policy))} on ${name}`);
  }
}

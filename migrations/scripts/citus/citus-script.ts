import { readFile } from 'node:fs/promises';
import { inOrderOfReferences, type Placement } from './distribution.ts';

const PRELUDE = new URL('prelude.sql', import.meta.url);

/** migrations/citus/distribute.sql. */
export async function citusScript(placements: readonly Placement[]): Promise<string> {
  const of = (kind: Placement['kind']): string[] =>
    inOrderOfReferences(placements.filter((placement) => placement.kind === kind)).map(({ table }) => table);
  const [first = '', ...others] = of('distributed');
  const lines = [
    '-- On every node: distributed tables refer to them, or functions that judge or fill rows ask them.',
    ...of('reference').map((table) => `select create_reference_table('${table}');`),
    '',
    '-- By tenant, and a tenant’s rows of all tables on the same node; each after those that it refers to.',
    `select create_distributed_table('${first}', 'tenant_id', colocate_with => 'none');`,
    ...others.map(
      (table) => `select create_distributed_table('${table}', 'tenant_id', colocate_with => '${first}');`,
    ),
    '',
    '-- On the coordinator only, as they are:',
    ...of('local').map((table) => `--   ${table}`),
  ];
  return `${await readFile(PRELUDE, 'utf8')}\n${lines.join('\n')}\n`;
}

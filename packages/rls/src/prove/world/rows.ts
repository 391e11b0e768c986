import { GRAPH_ROWS } from './graph-rows.ts';
import { KNOWLEDGE_ROWS } from './knowledge-rows.ts';
import { PERFORMANCE_ROWS } from './performance-rows.ts';
import { REGISTRY_ROWS } from './registry-rows.ts';
import { PROVENANCE_ROWS } from './provenance-rows.ts';
import type { RowMaker } from './row-maker.ts';
import { TENANT_ROWS } from './tenant-rows.ts';

/** In an order that foreign keys take. What every tenant table has to have rows of, or it is not proven. */
export const ROW_MAKERS: readonly RowMaker[] = [
  ...REGISTRY_ROWS,
  ...KNOWLEDGE_ROWS,
  ...PERFORMANCE_ROWS,
  ...GRAPH_ROWS,
  ...PROVENANCE_ROWS,
  ...TENANT_ROWS,
];

export function rowMakerOf(table: string): RowMaker | undefined {
  return ROW_MAKERS.find((maker) => maker.table === table);
}

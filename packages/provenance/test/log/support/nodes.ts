import { randomUUID } from 'node:crypto';
import type { TenantTransaction } from '@agent-agency/db-core';
import {
  type NodeToAppend,
  type ProvenanceNodeRecord,
  readLog,
  type ReadLogOptions,
} from '../../../src/index.ts';

/** A valid node with what a test is about. */
export function nodeToAppend(fields: Partial<NodeToAppend> = {}): NodeToAppend {
  const id = fields.id ?? randomUUID();
  return {
    id,
    entityType: 'verdict',
    entityId: `VERDICT-${id}`,
    content: { decision: 'accept' },
    createdAt: new Date('2026-01-01T00:00:00Z'),
    ...fields,
  };
}

/** Nodes that are told apart by their content. */
export function nodesToAppend(count: number): NodeToAppend[] {
  return Array.from({ length: count }, (_, place) =>
    nodeToAppend({ content: { place }, description: `number ${place}` }),
  );
}

/** **Shape** [768]. */
export function vectorOf(value: number): Float32Array {
  const vector = new Float32Array(768);
  vector[0] = value;
  vector[767] = 1;
  return vector;
}

/** The tenant's log as it is stored. */
export async function storedLog(
  tx: TenantTransaction,
  options?: ReadLogOptions,
): Promise<ProvenanceNodeRecord[]> {
  const records: ProvenanceNodeRecord[] = [];
  for await (const record of readLog(tx, options)) records.push(record);
  return records;
}

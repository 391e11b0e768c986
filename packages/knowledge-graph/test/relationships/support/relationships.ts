import type { TenantTransaction } from '@agent-agency/db-core';
import { expect } from 'vitest';
import { relationshipsOf, type Contexts, type ModelRelationship } from './cooccurrence-model.ts';

/** The stored relationships in the model's terms, by source and target. */
export async function storedRelationships(tx: TenantTransaction): Promise<ModelRelationship[]> {
  const rows = await tx.selectFrom('agent_relationships').selectAll().execute();
  const stored = rows.map((row) => ({
    source: row.source_agent_id,
    target: row.target_agent_id,
    count: row.cooccurrence_count,
    confidence: Number(row.confidence),
    strength: Number(row.strength),
    mutualInformation: Number(row.mutual_information),
    pointwiseMutualInformation: Number(row.pointwise_mutual_information),
  }));
  return stored.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Counts, confidence and strength exactly; information to six decimals. */
export function expectRelationshipsOf(stored: readonly ModelRelationship[], contexts: Contexts): void {
  const model = relationshipsOf(contexts).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  expect(stored.map(exactPart)).toEqual(model.map(exactPart));
  for (const [place, expected] of model.entries()) {
    const actual = stored[place];
    expect(Math.abs((actual?.mutualInformation ?? NaN) - expected.mutualInformation)).toBeLessThan(1e-6);
    expect(
      Math.abs((actual?.pointwiseMutualInformation ?? NaN) - expected.pointwiseMutualInformation),
    ).toBeLessThan(1e-6);
  }
}

function exactPart({ source, target, count, confidence, strength }: ModelRelationship) {
  return { source, target, count, confidence, strength };
}

function keyOf({ source, target }: ModelRelationship): string {
  return `${source} ${target}`;
}

import { putAgents } from '@agent-agency/agent-registry';
import type { TenantTransaction } from '@agent-agency/db-core';
import type { Demonstration } from '../../src/index.ts';

/** Registers agents that are called as their ids. */
export async function registerAgents(tx: TenantTransaction, ids: readonly string[]): Promise<void> {
  const lastActiveAt = new Date('2026-01-01T00:00:00Z');
  await putAgents(
    tx,
    ids.map((id) => ({ id, name: `Name of ${id}`, modelFamily: 'human', lastActiveAt })),
  );
}

/** **Shape** [768], with `value` in front and 1 at the end. */
export function vectorOf(value: number): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(768);
  vector[0] = value;
  vector[767] = 1;
  return vector;
}

/** A valid demonstration of agent `a`, with what a test is about. */
export function demonstration(fields: Partial<Demonstration> = {}): Demonstration {
  return {
    agentId: 'a',
    type: 'TECHNOLOGY',
    name: 'TypeScript',
    count: 1,
    firstAt: new Date('2026-01-01T00:00:00Z'),
    lastAt: new Date('2026-01-02T00:00:00Z'),
    extractionConfidence: 0.95,
    topics: ['compiler'],
    embedding: vectorOf(0.5),
    ...fields,
  };
}

/** A UUID (version 8) of a number. */
export function uuidOf(number: number): string {
  return `00000000-0000-8000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** numerator / denominator, both positive, to two decimals, half away from zero: exactly, as `numeric` rounds. */
export function hundredths(numerator: number, denominator: number): number {
  return Math.floor((200 * numerator + denominator) / (2 * denominator)) / 100;
}

import type { z } from 'zod';
import { CapabilityValues, type DeclaredCapabilities } from '../agents/declared-capabilities.ts';

/** What `task_queue_requirements_check` lets an index hold. */
const MAX_STORED_BYTES = 2000;

/** What an agent has to declare to get a task: all of it. Nothing: any agent gets it. */
export const RequiredCapabilities = CapabilityValues.refine(
  (required) => storedBytes(required) <= MAX_STORED_BYTES,
  `must have ${MAX_STORED_BYTES} bytes at most as JSON`,
);
export type RequiredCapabilities = z.input<typeof RequiredCapabilities>;

/** As `agent_capabilities` names the types. */
export interface StoredCapabilities {
  readonly task_type?: readonly string[];
  readonly language?: readonly string[];
  readonly specialization?: readonly string[];
}

/** Tasks that require the same are stored the same: they are looked up by it. */
export function toStoredCapabilities(required: z.output<typeof CapabilityValues>): StoredCapabilities {
  const byType = {
    task_type: required.taskTypes ?? [],
    language: required.languages ?? [],
    specialization: required.specializations ?? [],
  };
  return Object.fromEntries(
    Object.entries(byType)
      .filter(([, values]) => values.length > 0)
      .map(([type, values]) => [type, [...new Set(values)].sort()]),
  );
}

/** PostgreSQL writes JSON with a space behind each comma and colon, of which there is one for every value at most. */
function storedBytes(required: z.output<typeof CapabilityValues>): number {
  const values = Object.values(required).flat().length;
  return Buffer.byteLength(JSON.stringify(toStoredCapabilities(required))) + values + 5;
}

export function fromStoredCapabilities(stored: StoredCapabilities): DeclaredCapabilities {
  return {
    taskTypes: stored.task_type ?? [],
    languages: stored.language ?? [],
    specializations: stored.specialization ?? [],
  };
}

import { z } from 'zod';
import { Text } from '../column-values.ts';

const Values = z.array(Text.max(100)).max(1000);

/** What an agent declares that it can do, or what is asked of one: by value, matched exactly. */
export const CapabilityValues = z
  .strictObject({
    taskTypes: Values,
    languages: Values,
    specializations: Values,
  })
  .partial();
export type CapabilityValues = z.input<typeof CapabilityValues>;

/** All that an agent declares, each list in the order of its values. */
export interface DeclaredCapabilities {
  readonly taskTypes: readonly string[];
  readonly languages: readonly string[];
  readonly specializations: readonly string[];
}

/** The two columns of `agent_capabilities`, for `unnest`: no pair twice. */
export interface CapabilityColumns {
  readonly types: readonly string[];
  readonly values: readonly string[];
}

export function capabilityColumns(capabilities: z.output<typeof CapabilityValues> = {}): CapabilityColumns {
  const { taskTypes = [], languages = [], specializations = [] } = capabilities;
  const pairs = [
    ...unique(taskTypes).map((value) => ['task_type', value] as const),
    ...unique(languages).map((value) => ['language', value] as const),
    ...unique(specializations).map((value) => ['specialization', value] as const),
  ];
  return { types: pairs.map(([type]) => type), values: pairs.map(([, value]) => value) };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

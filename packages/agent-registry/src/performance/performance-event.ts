import { z } from 'zod';
import { AgentId, Count, decimal, Instant, Text } from '../column-values.ts';

/** How a task went. */
export const PerformanceEventInput = z.strictObject({
  /** Reported again under the same id, it is not counted again. Default: a random UUID. */
  id: z
    .guid()
    .transform((id) => id.toLowerCase())
    .optional(),
  agentId: AgentId,
  taskId: Text.max(255).optional(),
  taskType: Text.max(50).optional(),
  success: z.boolean(),
  /** Of the result, 0–1, four decimals. */
  quality: decimal(1, 4),
  latencyMs: Count,
  /** That the model read and wrote. */
  tokensUsed: Count.optional(),
  /** When the task ended. Default: now. */
  recordedAt: Instant.optional(),
});
export type PerformanceEventInput = z.input<typeof PerformanceEventInput>;

export interface PerformanceEvent {
  readonly id: string;
  readonly agentId: string;
  readonly taskId: string | undefined;
  readonly taskType: string | undefined;
  readonly success: boolean;
  readonly quality: number;
  readonly latencyMs: number;
  readonly tokensUsed: number | undefined;
  readonly recordedAt: Date;
}

import { z } from 'zod';
import { MAX_INTEGER, Text } from '../column-values.ts';

/** A task's id, chosen by whoever gives it. */
export const TaskId = Text.max(255);

export const TaskType = z.enum([
  'code-editing',
  'code-review',
  'analysis',
  'research',
  'validation',
  'general',
]);
export type TaskType = z.infer<typeof TaskType>;

/** `dequeued` is what somebody works on; from `completed`, `failed` and `cancelled` nothing goes on by itself. */
export type TaskStatus = 'queued' | 'dequeued' | 'completed' | 'failed' | 'cancelled';

/** How many, at least one, for an `integer`. */
export const Positive = z.int().min(1).max(MAX_INTEGER);

const YEAR_MS = 31_536_000_000;

/** How long a task may take: up to a year. */
export const TimeoutMs = z.int().min(1).max(YEAR_MS);

/** How long whoever has a task is waited for. */
export const LeaseMs = z.int().min(100).max(86_400_000).default(30_000);

export const ErrorCode = Text.max(100);
export const ErrorMessage = Text.max(10_000);

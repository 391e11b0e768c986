/** How well an agent has done so far. With no task yet, what is assumed of it. */
export interface AgentPerformance {
  readonly taskCount: number;
  readonly successCount: number;
  /** `successCount / taskCount`, four decimals; 0.8 before the first task. */
  readonly successRate: number;
  /** Mean quality of the results, 0–1, four decimals; 0.7 before the first task. */
  readonly averageQuality: number;
  /** Mean time of a task, rounded; 5000 before the first. */
  readonly averageLatencyMs: number;
}

import type {
  AgentPerformance,
  PerformanceEventInput,
  PerformanceQuery,
  PerformanceSummary,
} from '../../src/index.ts';

/** The same numbers from 0 to 1 every time. @see Tommy Ettinger's mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Rounds of reports that come at once: events of ten minutes, and some that were reported before. */
export function randomEvents(agents: readonly string[], rounds: number): PerformanceEventInput[][][] {
  const random = randomNumbers(6);
  const below = (limit: number): number => Math.floor(random() * limit);
  const known: PerformanceEventInput[] = [];
  const newEvent = (): PerformanceEventInput => {
    const id = `00000000-0000-8000-8000-${known.length.toString(16).padStart(12, '0')}`;
    const taskType = [undefined, 'research', 'code-review'][below(3)];
    const made = {
      id,
      agentId: agents[below(agents.length)] ?? '',
      success: random() < 0.6,
      quality: below(10_001) / 10_000,
      latencyMs: below(1000),
      recordedAt: new Date(Date.UTC(2026, 0, 1) + below(600_000)),
      ...(taskType === undefined ? {} : { taskType }),
      ...(random() < 0.5 ? { tokensUsed: below(100) } : {}),
    };
    known.push(made);
    return made;
  };
  const batch = (): PerformanceEventInput[] =>
    Array.from(
      { length: below(25) },
      () => (random() < 0.2 ? known[below(known.length)] : undefined) ?? newEvent(),
    );
  return Array.from({ length: rounds }, () => Array.from({ length: 4 }, batch));
}

/** What the history of an agent has to say, by counting. */
export function historyOf(reported: readonly PerformanceEventInput[], agentId: string): AgentPerformance {
  const events = once(reported).filter((event) => event.agentId === agentId);
  const { taskCount, successCount, successRate, averageQuality, averageLatencyMs } = summarize(events);
  return { taskCount, successCount, successRate, averageQuality, averageLatencyMs };
}

/** What the statistics have to say, group by group. */
export function statisticsOf(
  reported: readonly PerformanceEventInput[],
  query: PerformanceQuery,
): PerformanceSummary[] {
  const groups = new Map<string, PerformanceEventInput[]>();
  for (const event of once(reported).filter((candidate) => isAsked(candidate, query))) {
    const key = JSON.stringify(keyOf(event, query));
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return [...groups.values()].toSorted(byKey(query)).map((events) => ({
    ...(events[0] && keyOf(events[0], query)),
    ...summarize(events),
  }));
}

function once(events: readonly PerformanceEventInput[]): PerformanceEventInput[] {
  return [...new Map(events.map((event) => [event.id, event])).values()];
}

function isAsked(event: PerformanceEventInput, { since, until, agentId, taskType }: PerformanceQuery) {
  const at = event.recordedAt ?? since;
  return (
    at >= since &&
    (until === undefined || at < until) &&
    (agentId === undefined || event.agentId === agentId) &&
    (taskType === undefined || event.taskType === taskType)
  );
}

function keyOf(event: PerformanceEventInput, { since, windowMs, by = [] }: PerformanceQuery) {
  const passed = (event.recordedAt ?? since).getTime() - since.getTime();
  return {
    ...(windowMs === undefined
      ? {}
      : { windowStart: new Date(since.getTime() + Math.floor(passed / windowMs) * windowMs) }),
    ...(by.includes('agent') ? { agentId: event.agentId } : {}),
    ...(by.includes('task-type') ? { taskType: event.taskType } : {}),
  };
}

/** By window, agent and type, as far as they are told apart; events without a type last. */
function byKey(query: PerformanceQuery) {
  const texts = (events: readonly PerformanceEventInput[]): string => {
    const [event] = events;
    if (event === undefined) return '';
    const { windowStart, agentId = '', taskType = '\uffff' } = keyOf(event, query);
    return `${windowStart?.toISOString() ?? ''} ${agentId} ${taskType}`;
  };
  return (one: readonly PerformanceEventInput[], other: readonly PerformanceEventInput[]): number =>
    texts(one) < texts(other) ? -1 : 1;
}

/** Figures in whole numbers, where they are exact; rounded half up, as `numeric` rounds what is not negative. */
function summarize(events: readonly PerformanceEventInput[]) {
  const count = events.length;
  const sum = (of: (event: PerformanceEventInput) => number) =>
    events.reduce((total, event) => total + of(event), 0);
  const successCount = sum((event) => Number(event.success));
  const latencies = events.map((event) => event.latencyMs).toSorted((one, other) => one - other);
  const rounded = (numerator: number, denominator: number) =>
    Math.floor((2 * numerator + denominator) / (2 * denominator));
  return {
    taskCount: count,
    successCount,
    successRate: rounded(successCount * 10_000, count) / 10_000,
    averageQuality:
      rounded(
        sum((event) => Math.round(event.quality * 10_000)),
        count,
      ) / 10_000,
    averageLatencyMs: rounded(
      sum((event) => event.latencyMs),
      count,
    ),
    p50LatencyMs: latencies[Math.ceil(0.5 * count) - 1] ?? 0,
    p95LatencyMs: latencies[Math.ceil(0.95 * count) - 1] ?? 0,
    tokensUsed: sum((event) => event.tokensUsed ?? 0),
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import { drawn, seededRandom } from '../src/seeded-random.ts';
import { quantile, type Round } from '../src/statistics.ts';
import { agentIds } from '../src/tenant-agents.ts';
import type { Examiner } from './examiner.ts';

/** A caller who is not answered by then never will be. */
const LOST_AFTER_MS = 180_000;

/** What is asked for: every tenant has them all. */
export const IDS = agentIds(50);

/** Callers at once, one for each tenant in turn, of whom each asks `each` times, one after another. */
interface Crowd {
  readonly tenantIds: readonly string[];
  readonly callers: number;
  readonly each: number;
}

/** Two tenants on one pool: one's callers ask without pause, the other's now and then. */
interface Neighbours {
  readonly noisy: { readonly tenantId: string; readonly callers: number };
  readonly quiet: { readonly tenantId: string; readonly callers: number; readonly longestPauseMs: number };
  readonly durationMs: number;
}

export async function runCrowd(
  examiner: Examiner,
  { tenantIds, callers, each }: Crowd,
  lostAfterMs = LOST_AFTER_MS,
): Promise<Round> {
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const everybody = startCallers(callers, async (caller) => {
    const tenantId = tenantIds[caller % tenantIds.length] ?? '';
    for (const id of drawn(IDS, each, seededRandom(caller))) {
      latenciesMs.push(await examiner.ask(tenantId, id));
    }
  });
  await untilBack(everybody, lostAfterMs);
  return { latenciesMs, elapsedMs: performance.now() - startedAt };
}

export async function runNeighbours(
  examiner: Examiner,
  { noisy, quiet, durationMs }: Neighbours,
): Promise<Round> {
  const noisyMs: number[] = [];
  const quietMs: number[] = [];
  const startedAt = performance.now();
  const endAt = startedAt + durationMs;
  const everybody = startCallers(noisy.callers + quiet.callers, async (caller) => {
    const random = seededRandom(caller);
    const isQuiet = caller >= noisy.callers;
    const { tenantId } = isQuiet ? quiet : noisy;
    for (;;) {
      const pauseMs = isQuiet ? random() * quiet.longestPauseMs : 0;
      if (performance.now() + pauseMs >= endAt) return;
      if (isQuiet) await delay(pauseMs);
      for (const id of drawn(IDS, 1, random)) {
        (isQuiet ? quietMs : noisyMs).push(await examiner.ask(tenantId, id));
      }
    }
  });
  await untilBack(everybody, durationMs + LOST_AFTER_MS);
  const elapsedMs = performance.now() - startedAt;
  const quietP95Ms = quantile(quietMs, 0.95);
  const noisyP95Ms = quantile(noisyMs, 0.95);
  return {
    latenciesMs: [...noisyMs, ...quietMs],
    elapsedMs,
    figures: {
      quietP50Ms: quantile(quietMs, 0.5),
      quietP95Ms,
      noisyP95Ms,
      // How much sooner the quiet tenant is served.
      noisyToQuiet: noisyP95Ms / quietP95Ms,
    },
  };
}

async function startCallers(callers: number, call: (caller: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
}

/** Goes on without those who do not come back: the examiner knows that they are missing. */
async function untilBack(everybody: Promise<void>, lostAfterMs: number): Promise<void> {
  const timer = new AbortController();
  const deadline = delay(lostAfterMs, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([everybody, deadline]);
  timer.abort();
}

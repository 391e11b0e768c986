import type { HealthReport } from './health-report.ts';

const DEFAULT_TIMEOUT_MS = 5000;

/**
 * A handler of `GET /health/database` for whatever speaks the web's `Request` and `Response`: 200 while the database
 * serves, healthy or degraded, and 503 when it does not, or when nothing is known after `timeoutMs`.
 *
 * @example
 * const health = createHealthEndpoint(() => manager.getHealth());
 * const response = await health(new Request('http://localhost/health/database'));
 */
export function createHealthEndpoint(
  getHealth: () => Promise<HealthReport>,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
): (request: Request) => Promise<Response> {
  return async ({ method }) => {
    if (method !== 'GET' && method !== 'HEAD') return respond(405, undefined, { allow: 'GET, HEAD' });
    const report = await within(timeoutMs, getHealth);
    // Whoever asks learns that there is no answer, and nothing of the error: it may name a host.
    const body = report ?? { healthy: false, checkedAt: new Date().toISOString() };
    return respond(body.healthy ? 200 : 503, method === 'GET' ? JSON.stringify(body) : undefined);
  };
}

function respond(status: number, body: string | undefined, headers: Record<string, string> = {}): Response {
  const type = 'application/json; charset=utf-8';
  return new Response(body ?? null, {
    status,
    headers: { 'cache-control': 'no-store', 'content-type': type, ...headers },
  });
}

async function within<T>(timeoutMs: number, run: () => Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, timeoutMs, undefined);
  try {
    return await Promise.race([run(), late.promise]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

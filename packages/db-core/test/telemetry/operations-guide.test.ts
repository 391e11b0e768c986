import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const guide = await readFile(new URL('../../../../docs/operations/telemetry.md', import.meta.url), 'utf8');

const USE = `
const { PoolEventEmitter } = await import('./src/events/pool-events.ts');
const { Telemetry } = await import('./src/telemetry/telemetry.ts');
const telemetry = new Telemetry({
  config: { host: 'db', port: 5432, database: 'agents', min: 0, max: 9 },
  events: new PoolEventEmitter(),
  stats: () => ({ totalCount: 0, idleCount: 0, waitingCount: 0 }),
});
const work = () => telemetry.statement('select 1 from agents', () => Promise.resolve());
await telemetry.transaction({ kind: 'tenant', readOnly: false }, work);
telemetry.close();
await tracerProvider.shutdown();
await meterProvider.shutdown();
`;

describe('docs/operations/telemetry.md', () => {
  it('registers an SDK that the pool finds', async () => {
    const [, example = ''] = /```ts\n(.*?)```/s.exec(guide) ?? [];
    expect(example).toContain('setGlobalTracerProvider');
    const { stdout } = await run(
      process.execPath,
      ['--conditions=@agent-agency/source', '--input-type=module-typescript', '--eval', example + USE],
      { cwd: fileURLToPath(new URL('../..', import.meta.url)) },
    );
    for (const name of ['tenant transaction', 'select agents', 'db.client.operation.duration']) {
      expect(stdout).toContain(`name: '${name}'`);
    }
  });
});

// Fifty workers in several processes do thousands of tasks while processes and backends are killed; then the database's own
// records are asked whether a task was lost, or had by two at once. Prints one JSON object, and exits with 1 if so.
//
//   node --conditions=@agent-agency/source packages/agent-registry/scripts/prove-task-queue.ts \
//     --tasks 5000 --workers 50 --processes 5 --kills 40
import { parseArgs } from 'node:util';
import { applicationManager, createTestTenants, TEST_CONTEXT_KEY } from '@agent-agency/db-core/testing';
import { migrateUp, schemaChecksum } from '@agent-agency/migrations';
import {
  allowLogin,
  createDatabase,
  createTemplate,
  startPostgres,
  stopOnExit,
  TestingError,
  type PostgresServer,
} from '@agent-agency/testing';
import { runStorm, type Storm, type StormResult } from '../test/support/storm.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '5000' },
    workers: { type: 'string', default: '50' },
    processes: { type: 'string', default: '5' },
    kills: { type: 'string', default: '40' },
  },
});
const storm: Storm = {
  tasks: Number(values.tasks),
  workers: Number(values.workers),
  processes: Number(values.processes),
  kills: Number(values.kills),
};

const server = await startPostgres({
  announce: (line) => process.stderr.write(`${line}\n`),
  sources: {
    pglite: () =>
      Promise.reject(new TestingError('SOURCE_UNAVAILABLE', 'PGlite has one session for everybody')),
  },
});
const leave = stopOnExit(server);
try {
  const startedAt = performance.now();
  const result = await weather(server);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const passed = isSound(result);
  process.stdout.write(`${JSON.stringify({ storm, seconds, ...result, passed }, undefined, 2)}\n`);
  process.exitCode = passed ? 0 : 1;
} finally {
  await server.stop();
  leave();
}

async function weather(on: PostgresServer): Promise<StormResult> {
  const template = await createTemplate(
    on,
    async (session, url) => {
      await migrateUp(session);
      await session.query(`select app.put_context_key($1, decode($2, 'hex'))`, [
        TEST_CONTEXT_KEY.keyId,
        Buffer.from(TEST_CONTEXT_KEY.secret).toString('hex'),
      ]);
      await allowLogin(session, url, ['agent_agency_app']);
    },
    `prove-task-queue-${await schemaChecksum()}`,
  );
  const created = await createDatabase(template);
  const database = { kind: on.kind, url: created.url, urlFor: (role: string) => created.urlFor(role) };
  const manager = applicationManager(database);
  try {
    await createTestTenants(database, 'storm');
    return await runStorm(database, manager, { tenantId: 'storm', storm });
  } finally {
    await manager.shutdown();
    await created.drop();
  }
}

function isSound(result: StormResult): boolean {
  const faults = [
    result.notOnce,
    result.effectsNotOnce,
    result.overlaps,
    result.unended,
    result.errors.length,
  ];
  return result.completed === storm.tasks && faults.every((count) => count === 0);
}

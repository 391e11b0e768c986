// Starts a throw-away cluster, prints where it is, and then does what it is told: wait, exit or crash.
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, stopOnExit } from '../../src/index.ts';

const [binDir = '', fate = 'wait'] = process.argv.slice(2);
const server = await startCluster({ binDir });
stopOnExit(server);
const folder = readdirSync(tmpdir()).find((name) => name.startsWith('agent-agency-pg-')) ?? '';
const [pid] = readFileSync(join(tmpdir(), folder, 'data/postmaster.pid'), 'utf8').split('\n');
process.stdout.write(`${JSON.stringify({ url: server.url, folder, postmaster: Number(pid) })}\n`, () => {
  if (fate === 'exit') process.exit(3);
  if (fate === 'throw') throw new Error('crash');
  if (fate === 'reject') void Promise.reject(new Error('crash'));
  setInterval(() => undefined, 1000);
});

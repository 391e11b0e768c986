// Starts a throw-away cluster, brings it into a state, prints its processes, and waits.
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, stopOnExit } from '../../src/index.ts';
import { listServerProcesses } from '../../src/postmaster.ts';

const [binDir = '', fault = ''] = process.argv.slice(2);
const server = await startCluster({ binDir });
stopOnExit(server);
const folder = readdirSync(tmpdir()).find((name) => name.startsWith('agent-agency-pg-')) ?? '';
const pids = listServerProcesses(join(tmpdir(), folder, 'data')).map(({ pid }) => pid);
if (fault === 'crash') await server.crash();
if (fault === 'suspend') await server.suspend();
process.stdout.write(`${JSON.stringify(pids)}\n`);
setInterval(() => undefined, 1000);

// Starts a primary and a replica, prints the process ids of both servers, and waits.
import { globSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { startReplicaSet, stopOnExit } from '../../src/index.ts';

stopOnExit(await startReplicaSet());
const postmasters = globSync(`${tmpdir()}/*/data/postmaster.pid`).map((path) =>
  Number(readFileSync(path, 'utf8').split('\n')[0]),
);
process.stdout.write(`${JSON.stringify(postmasters)}\n`);
setInterval(() => undefined, 1000);

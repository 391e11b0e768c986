// Writers append to one log while backends and the whole server are killed; then the database is asked whether the log has
// a fork or a gap, lost what was acknowledged, or is not what its checkpoints say. Prints one JSON object, and exits with 1 if so.
//
//   node --conditions=@agent-agency/source packages/provenance/scripts/prove-appends.ts \
//     --nodes 1000000 --writers 32 --largest-batch 16 --backend-kills 200 --server-kills 10 --fsync
import { parseArgs } from 'node:util';
import { stopOnExit } from '@agent-agency/testing';
import { isSound, runStorm, type Storm } from '../test/log/support/append-storm.ts';
import { startStormServer } from '../test/log/support/storm-server.ts';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: '100000' },
    writers: { type: 'string', default: '32' },
    'largest-batch': { type: 'string', default: '16' },
    'backend-kills': { type: 'string', default: '40' },
    'server-kills': { type: 'string', default: '3' },
    fsync: { type: 'boolean', default: false },
  },
});
const storm: Storm = {
  nodes: Number(values.nodes),
  writers: Number(values.writers),
  largestBatch: Number(values['largest-batch']),
  backendKills: Number(values['backend-kills']),
  serverKills: Number(values['server-kills']),
};

const own = await startStormServer({ connections: storm.writers + 1, fsync: values.fsync });
const leave = stopOnExit(own.server);
try {
  const result = await runStorm(own, storm);
  const passed = isSound(result, storm);
  const { fsync } = values;
  process.stdout.write(
    `${JSON.stringify({ storm: { ...storm, fsync }, ...result, passed }, undefined, 2)}\n`,
  );
  process.exitCode = passed ? 0 : 1;
} finally {
  await own.stop();
  leave();
}

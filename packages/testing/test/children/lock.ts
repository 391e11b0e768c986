// Takes a lock and dies without giving it back.
import { takeLock } from '../../src/lock-file.ts';

const [path = ''] = process.argv.slice(2);
await takeLock(path, 1000);
process.stdout.write('"taken"\n', () => process.kill(process.pid, 'SIGKILL'));

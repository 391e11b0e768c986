import { benchmarks } from './benchmarks.ts';
import { withBenchDatabase } from './database.ts';
import { main } from './main.ts';

process.exitCode = await main({
  argv: process.argv.slice(2),
  writeOut: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  benchmarks,
  withDatabase: withBenchDatabase,
});

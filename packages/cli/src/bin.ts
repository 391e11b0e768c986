#!/usr/bin/env node
import { abortOnSignals } from './interruption.ts';
import { main } from './main.ts';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read has enough (`| head`), or the terminal is gone: no reason to leave the work half done.
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

process.exitCode = await main({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  interruption: () => abortOnSignals(process),
});

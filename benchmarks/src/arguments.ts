import { Command, CommanderError } from 'commander';
import type { Benchmark } from './benchmark.ts';

/** What was asked for. */
export type Request =
  | { readonly kind: 'list' }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'run'; readonly benchmark: Benchmark; readonly size: string };

/** A wrong command line; the message says what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Options {
  readonly size?: string;
  readonly list?: true;
}

/** @throws {UsageError} */
export function parseArguments(argv: readonly string[], benchmarks: readonly Benchmark[]): Request {
  let text = '';
  const program = new Command('bench')
    .usage('<name> [options]')
    .description('Measures what the packages claim, against baselines in the same run.')
    .argument('[name]', 'benchmark to run; --list names them')
    .option('--size <size>', 'how much to measure; --list says what each size means')
    .option('--list', 'list the benchmarks and their sizes')
    .option('--json', 'print one JSON object instead of a table')
    .addHelpText('after', FOOTER)
    .exitOverride()
    .configureOutput({ writeOut: (help) => (text += help), writeErr: () => undefined });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'help', text };
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    throw new UsageError(`${message}; --help shows examples`);
  }
  const { size, list } = program.opts<Options>();
  if (list) return { kind: 'list' };
  return requestOf(program.args[0], size, benchmarks);
}

function requestOf(
  name: string | undefined,
  size: string | undefined,
  benchmarks: readonly Benchmark[],
): Request {
  const names = benchmarks.map((known) => known.name).join(', ');
  if (name === undefined) throw new UsageError(`which benchmark? There are ${names}; --help shows examples`);
  const benchmark = benchmarks.find((known) => known.name === name);
  if (benchmark === undefined) throw new UsageError(`no benchmark is called ${name}; there are ${names}`);
  if (size === undefined) return { kind: 'run', benchmark, size: benchmark.defaultSize };
  const sizes = benchmark.sizes.map((known) => known.name);
  if (sizes.includes(size)) return { kind: 'run', benchmark, size };
  throw new UsageError(`${name} has no size ${size}; it has ${sizes.join(', ')}`);
}

/** Whether the answer is for a program; also asked when the rest of the line is wrong. */
export function asksForJson(argv: readonly string[]): boolean {
  return argv.includes('--json');
}

const FOOTER = `
Examples:
  $ pnpm bench --list
  $ pnpm bench tenant-overhead
  $ pnpm bench pool --size large
  $ pnpm bench pool --json > pool.json

The database is a throw-away one: on DATABASE_URL's server, in Docker, on an installed or a downloaded PostgreSQL.
Exit codes: 0 done · 1 a check failed · 2 wrong command line · 3 it could not be measured.`;

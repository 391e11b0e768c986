import type { DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { asksForJson, parseArguments, UsageError } from './arguments.ts';
import type { Benchmark } from './benchmark.ts';
import { machineFacts, versionFacts } from './machine.ts';
import { toJson, toText, type Report } from './report.ts';

export const ExitCode = {
  ok: 0,
  /** A fast wrong answer, for example. */
  checkFailed: 1,
  usage: 2,
  /** No PostgreSQL, or something broke on the way. */
  notMeasured: 3,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What of the world the command needs; a test gives its own. */
export interface Surroundings {
  readonly argv: readonly string[];
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly benchmarks: readonly Benchmark[];
  /** Lends a database to measure on. */
  readonly withDatabase: <T>(
    note: (line: string) => void,
    use: (database: DatabaseUnderTest) => Promise<T>,
    serverSettings?: Benchmark['serverSettings'],
  ) => Promise<T>;
}

/** Runs one command line and answers its exit code. Throws nothing. */
export async function main(surroundings: Surroundings): Promise<ExitCode> {
  const { argv, writeOut, writeError } = surroundings;
  const json = asksForJson(argv);
  try {
    const { text, exitCode } = await answer(surroundings, json);
    writeOut(`${text}\n`);
    return exitCode;
  } catch (error) {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    const isUsage = error instanceof UsageError;
    writeError(`error: ${isUsage ? message : stack}\n`);
    const code = isUsage ? 'USAGE' : 'NOT_MEASURED';
    if (json) writeOut(`${JSON.stringify({ error: { code, message } })}\n`);
    return isUsage ? ExitCode.usage : ExitCode.notMeasured;
  }
}

async function answer(
  surroundings: Surroundings,
  json: boolean,
): Promise<{ text: string; exitCode: ExitCode }> {
  const { argv, benchmarks } = surroundings;
  const request = parseArguments(argv, benchmarks);
  if (request.kind === 'help') {
    const text = request.text.trimEnd();
    return { text: json ? JSON.stringify({ help: text }) : text, exitCode: ExitCode.ok };
  }
  if (request.kind === 'list') return { text: listed(benchmarks, json), exitCode: ExitCode.ok };
  const report = await measure(surroundings, request.benchmark, request.size);
  return {
    text: json ? toJson(report) : toText(report),
    exitCode: report.passed ? ExitCode.ok : ExitCode.checkFailed,
  };
}

async function measure(
  { writeError, withDatabase }: Surroundings,
  benchmark: Benchmark,
  size: string,
): Promise<Report> {
  const note = (line: string): void => {
    writeError(`${line}\n`);
  };
  const date = new Date().toISOString();
  const machine = machineFacts();
  if (machine.loadAverage > machine.cores / 2) {
    note(`the machine is busy (load ${machine.loadAverage.toFixed(2)}): expect a wide spread`);
  }
  const run = async (database: DatabaseUnderTest): Promise<Report> => {
    const versions = await versionFacts(database.url);
    const cases = await benchmark.run({ database, note }, size);
    const passed = cases.every((done) => done.passed);
    return { name: benchmark.name, size, date, machine, versions, cases, passed };
  };
  return withDatabase(note, run, benchmark.serverSettings);
}

function listed(benchmarks: readonly Benchmark[], json: boolean): string {
  if (json) return JSON.stringify({ benchmarks }, undefined, 2);
  return benchmarks
    .map(({ name, describe, sizes, defaultSize }) => {
      const lines = sizes.map(
        (size) =>
          `  --size ${size.name.padEnd(8)}${size.describe}${size.name === defaultSize ? ' (default)' : ''}`,
      );
      return [`${name}: ${describe}`, ...lines].join('\n');
    })
    .join('\n\n');
}

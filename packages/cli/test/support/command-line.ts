import { main } from '../../src/main.ts';
import type { Environment } from '../../src/environment.ts';
import { Memory } from './streams.ts';

/** How a command line ended. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export async function run(
  env: Environment,
  argv: readonly string[],
  interruption?: () => AbortSignal,
): Promise<Outcome> {
  const [stdout, stderr] = [new Memory(), new Memory()];
  const exitCode = await main({ argv, env, stdout, stderr, ...(interruption && { interruption }) });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

/** The one JSON document on standard output; throws when there is anything else. */
export function documentOf({ stdout }: Outcome): Record<string, unknown> {
  return JSON.parse(stdout) as Record<string, unknown>;
}

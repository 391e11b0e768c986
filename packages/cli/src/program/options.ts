import { InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { CommandContext } from '../command-context.ts';

/** Runs a command; answers the process's exit code, `ok` when it says nothing. */
export type Run = (
  work: (context: CommandContext) => Promise<ExitCode | undefined> | Promise<void>,
) => Promise<void>;

export function tenantOption(): Option {
  return new Option('--tenant <id>', 'tenant to work for').makeOptionMandatory();
}

/** A parser of whole numbers in a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It has to be a whole number from ${String(least)} to ${String(most)}.`);
  };
}

/** What `--help` of a command shows at its end. */
export function examples(...lines: readonly string[]): string {
  return [
    '',
    lines.length === 1 ? 'Example:' : 'Examples:',
    ...lines.map((line) => `  $ agency-db ${line}`),
  ].join('\n');
}

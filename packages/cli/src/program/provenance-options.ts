import { InvalidArgumentError, Option, type Command } from 'commander';
import { keyForms } from '../provenance/public-keys.ts';
import { wholeNumber } from './options.ts';

/** Keys that are trusted, from outside of what is verified. */
export function keyOption(description: string): Option {
  return new Option('--key <key...>', `${description} (${keyForms})`);
}

/** The private key that signs. */
export function signingKeyOption(remark = ''): Option {
  return new Option('--signing-key <file>', `the tenant's private key (PEM)${remark}`);
}

/** Of which log a checkpoint has to be, and who has to have seen it. */
export function addTrust(command: Command): Command {
  return command
    .option(
      '--origin <name>',
      'which log it has to be, <deployment>/<tenant>; default: the name of a verifier key',
    )
    .option('--witness <key...>', 'witnesses that have to have cosigned: verifier keys, or files of them')
    .option('--quorum <number>', 'how many of them; default: all', wholeNumber(0, 100));
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `30m`, `24h`, `7d` as milliseconds. */
export function duration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = UNITS[unit];
  if (unitMs !== undefined) return Number(count) * unitMs;
  throw new InvalidArgumentError('It has to be a number with its unit, as 90s, 30m, 24h or 7d.');
}

import { readFile } from 'node:fs/promises';
import { createHttpWitness, parseVerifierKey, ProvenanceError, type Witness } from '@agent-agency/provenance';
import { UsageError } from '../failure.ts';
import { linesOf } from './public-keys.ts';

/**
 * The witnesses that a file names: a line each, its verifier key and where it is asked.
 *
 * @throws {UsageError} for a line that is none, and for one that stands twice.
 */
export async function readWitnessFile(file: string): Promise<Witness[]> {
  const lines = linesOf(await readFile(file, 'utf8'));
  if (lines.length === 0) throw new UsageError(`${file} names no witness: ${form}`);
  const witnesses = lines.map((line, at) => readWitness(line, `witness ${String(at + 1)} of ${file}`));
  const names = new Set(witnesses.map(({ verifierKey }) => verifierKey.name));
  if (names.size === witnesses.length) return witnesses;
  throw new UsageError(`${file} has a name twice: give every witness one line, and one name`);
}

const form = 'write a line for each, its verifier key and its address, with a blank between';

function readWitness(line: string, place: string): Witness {
  const [key = '', url = '', ...more] = line.split(/\s+/);
  try {
    const verifierKey = parseVerifierKey(key);
    if (verifierKey.type === 'cosignature/v1' && more.length === 0)
      return createHttpWitness({ verifierKey, url });
  } catch (cause) {
    if (!(cause instanceof ProvenanceError)) throw cause;
    throw new UsageError(`${place} is none (${cause.message}): ${form}`, { cause });
  }
  throw new UsageError(`${place} is not a key of type cosignature/v1 and one address: ${form}`);
}

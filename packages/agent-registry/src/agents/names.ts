import { createHash } from 'node:crypto';

interface Nameable {
  readonly id: string;
  readonly name: string;
}

const MAX_NAME_LENGTH = 255;

/**
 * Names that an agent may get, best first: its own; its own and the end of its id; its own and a digest of its id, for
 * ids that end alike, as e-mail addresses do.
 */
export function candidateNames({ id, name }: Nameable): string[] {
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 16);
  return [name, withSuffix(name, characters(id).slice(-6).join('')), withSuffix(name, digest)];
}

/** The best name of each agent, by id, that is neither taken nor an earlier agent's; if none is left, the last one. */
export function assignNames(agents: readonly Nameable[], taken: ReadonlySet<string>): Map<string, string> {
  const used = new Set(taken);
  const names = new Map<string, string>();
  for (const agent of agents) {
    const candidates = candidateNames(agent);
    const name = candidates.find((candidate) => !used.has(candidate)) ?? candidates.at(-1) ?? agent.name;
    used.add(name);
    names.set(agent.id, name);
  }
  return names;
}

function withSuffix(name: string, suffix: string): string {
  const room = MAX_NAME_LENGTH - suffix.length - ' ()'.length;
  // Only a name that does not fit is cut, and never inside a character.
  const kept = name.length <= room ? name : name.slice(0, room).replace(/\p{Cs}$/u, '');
  return `${kept} (${suffix})`;
}

/** Not UTF-16 code units: half of a pair could not be stored. */
function characters(text: string): string[] {
  return Array.from(text);
}

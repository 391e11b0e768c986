import { hundredths } from './fixtures.ts';

/** What an agent's capability has to be, from its definition: kept by hand, name by name. */
export interface ModelCapability {
  readonly names: ReadonlySet<string>;
  readonly demonstrations: number;
  readonly successes: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly tasks: ReadonlySet<string>;
  /** Chunks that show it. */
  readonly chunks: ReadonlySet<string>;
}

export interface ModelDemonstration {
  readonly name: string;
  readonly count: number;
  readonly successes: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly task: string;
  readonly chunk: string;
}

/** Capabilities of one agent, as sets of names that mean the same. */
export class CapabilityModel {
  capabilities: ModelCapability[] = [];

  find(name: string): ModelCapability | undefined {
    return this.capabilities.find(({ names }) => names.has(name));
  }

  demonstrate({ name, count, successes, firstAt, lastAt, task, chunk }: ModelDemonstration): void {
    this.#replace(
      [this.find(name)].filter((known) => known !== undefined),
      {
        names: new Set([name]),
        ...{ demonstrations: count, successes, firstAt, lastAt },
        tasks: new Set([task]),
        chunks: new Set([chunk]),
      },
    );
  }

  /** False if there is nothing to merge. */
  merge(targetName: string, sourceName: string): boolean {
    const [target, source] = [this.find(targetName), this.find(sourceName)];
    if (target === undefined || source === undefined || target === source) return false;
    this.#replace([target, source]);
    return true;
  }

  /** False if the name is another's, or there is no such capability. */
  addAlias(name: string, alias: string): boolean {
    const [known, owner] = [this.find(name), this.find(alias)];
    if (known === undefined || (owner !== undefined && owner !== known)) return false;
    this.#replace([known], { ...known, ...EMPTY, names: new Set([alias]) });
    return true;
  }

  #replace(old: readonly ModelCapability[], more?: ModelCapability): void {
    const all = more === undefined ? [...old] : [...old, more];
    this.capabilities = this.capabilities.filter((known) => !old.includes(known));
    this.capabilities.push({
      names: new Set(all.flatMap(({ names }) => [...names])),
      demonstrations: sum(all.map(({ demonstrations }) => demonstrations)),
      successes: sum(all.map(({ successes }) => successes)),
      firstAt: Math.min(...all.map(({ firstAt }) => firstAt)),
      lastAt: Math.max(...all.map(({ lastAt }) => lastAt)),
      tasks: new Set(all.flatMap(({ tasks }) => [...tasks])),
      chunks: new Set(all.flatMap(({ chunks }) => [...chunks])),
    });
  }
}

const EMPTY = { demonstrations: 0, successes: 0, tasks: new Set<string>(), chunks: new Set<string>() };

/** 0.70 + 0.30 · s / (n + 4), exactly, to two decimals. */
export function confidenceOf({ demonstrations: n, successes: s }: ModelCapability): number {
  return hundredths(7 * (n + 4) + 3 * s, 10 * (n + 4));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

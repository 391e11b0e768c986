import { isDeepStrictEqual } from 'node:util';
import { DatabaseConfig, problemsOf, SETTING_SCHEMAS, type DatabaseConfigInput } from '../config.ts';
import { sslFrom } from './forms.ts';
import { Problems, Unacceptable } from './problems.ts';
import type { SettingName } from './settings.ts';

interface Statement {
  readonly value: unknown;
  readonly sources: readonly string[];
}

/** In the place of a value that is known to be wrong: no schema takes it, so that nothing is compared with it. */
const WRONG = Symbol('wrong');

/** What the environment says of each setting, and everything that is wrong with it. */
export class Statements {
  readonly problems = new Problems();
  readonly #statements = new Map<SettingName, Statement>();

  /** `source` states a setting, whose value `read` answers. */
  add(name: SettingName, source: string, read: () => unknown): void {
    const stated = this.problems.attempt(source, () => valid(name, read())) ?? WRONG;
    const { value, sources: others } = this.#statements.get(name) ?? { value: stated, sources: [] };
    const sources = [...others, source];
    const isSame = isDeepStrictEqual(value, stated);
    if (!isSame && value !== WRONG && stated !== WRONG) {
      this.problems.all.push(`${sources.join(' and ')} say different things: keep one of them`);
    }
    this.#statements.set(name, { value: isSame ? value : WRONG, sources });
  }

  /** The whole configuration; undefined when there are {@link problems}. */
  parse(defaults: DatabaseConfigInput): DatabaseConfig | undefined {
    const input: Record<string, unknown> = { ...defaults, ...this.#stated() };
    const parsed = DatabaseConfig.safeParse(input);
    if (parsed.success) return this.problems.all.length === 0 ? parsed.data : undefined;
    const issues = parsed.error.issues.filter(({ path }) => input[String(path[0])] !== WRONG);
    this.problems.all.push(...problemsOf({ issues }, (path) => this.#nameOf(path)));
    return undefined;
  }

  #stated(): Record<string, unknown> {
    const entries = [...this.#statements].map(([name, { value }]) => [name, value] as const);
    const { ssl, 'ssl.ca': ca, ...others } = Object.fromEntries(entries);
    if (ssl === undefined && ca === undefined) return others;
    if (ssl === WRONG || ca === WRONG) return { ...others, ssl: WRONG };
    const source = this.#nameOf(['ssl.ca']);
    return { ...others, ssl: this.problems.attempt(source, () => sslFrom(ssl, ca)) ?? WRONG };
  }

  /** Who states a setting; its own name where that is not the environment. */
  #nameOf(path: readonly PropertyKey[]): string {
    const statement = this.#statements.get(String(path[0]) as SettingName);
    return statement?.sources.join(' and ') ?? path.join('.');
  }
}

/** A certificate file has been checked by whoever read it. */
function valid(name: SettingName, value: unknown): unknown {
  if (name === 'ssl.ca') return value;
  const parsed = SETTING_SCHEMAS[name].safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Unacceptable(...problemsOf(parsed.error, () => ''));
}

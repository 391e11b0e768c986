import { tokensOf } from './sql-tokens.ts';

/** Statements that begin with them are summarised by them alone. A closed set: nothing else can become a label. */
const COMMANDS: ReadonlySet<string> = new Set([
  ...[
    'abort',
    'alter',
    'analyze',
    'begin',
    'call',
    'close',
    'comment',
    'commit',
    'copy',
    'create',
    'deallocate',
  ],
  ...[
    'declare',
    'discard',
    'do',
    'drop',
    'end',
    'execute',
    'explain',
    'fetch',
    'grant',
    'listen',
    'lock',
    'move',
  ],
  ...[
    'notify',
    'prepare',
    'refresh',
    'reindex',
    'release',
    'reset',
    'revoke',
    'rollback',
    'savepoint',
    'set',
  ],
  ...['show', 'start', 'truncate', 'unlisten', 'vacuum', 'values'],
]);
const CHANGES: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'merge']);
/** What a list of tables ends with. */
const END_OF_FROM: ReadonlySet<string> = new Set([
  ...['where', 'group', 'having', 'window', 'order', 'limit', 'offset', 'fetch', 'for', 'union', 'intersect'],
  ...['except', 'returning', 'set', 'when'],
]);
/** What a change begins after; elsewhere, as in `for update`, the word is a part of something else. */
const BEFORE_A_CHANGE: ReadonlySet<string> = new Set(['', '(', ')', ';', 'explain', 'analyze']);
const BEFORE_A_NAME: ReadonlySet<string> = new Set(['only', 'lateral']);

/** Statements are made by programs, and some are as long as their data. */
const MAX_TEXT = 10_000;
/** By the conventions; a name is left out rather than cut. */
const MAX_SUMMARY = 255;

/** One pair of parentheses. */
interface Level {
  /** The operation that the next `from` belongs to: `extract(epoch from …)` has none. */
  operation: string | undefined;
  /** In a list of tables, where a comma is followed by another. */
  isInFrom: boolean;
}

/**
 * What a statement does to what, by OpenTelemetry's rules: operations and targets in their order, as in
 * `insert agent_cooccurrences select agents`; empty when it begins with nothing known. No value becomes part of it.
 * Names that `with` introduces are no targets.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/db/database-spans/#generating-a-summary-of-the-query
 */
export function querySummary(text: string): string {
  return new Summary(tokensOf(text.slice(0, MAX_TEXT))).text();
}

class Summary {
  readonly #tokens: readonly string[];
  readonly #introduced: ReadonlySet<string>;
  readonly #levels: Level[] = [];
  #level: Level = { operation: undefined, isInFrom: false };
  #isTargetNext = false;
  #text = '';

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
    this.#introduced = namesIntroducedIn(tokens);
  }

  text(): string {
    let previous = '';
    for (const token of this.#tokens) {
      const word = token.toLowerCase();
      const isTarget = this.#isTargetNext && /^["\p{L}_]/u.test(token);
      this.#isTargetNext = false;
      if (isTarget) this.#target(token, word);
      else if (!this.#punctuation(word)) this.#keyword(token, word, previous);
      previous = word;
    }
    return this.#text;
  }

  #target(token: string, word: string): void {
    if (BEFORE_A_NAME.has(word)) this.#isTargetNext = true;
    else if (!this.#introduced.has(token)) this.#add(plainName(token));
  }

  #punctuation(symbol: string): boolean {
    if (symbol === '(') {
      this.#levels.push(this.#level);
      this.#level = { operation: undefined, isInFrom: false };
    } else if (symbol === ')') {
      this.#level = this.#levels.pop() ?? this.#level;
    } else if (symbol === ',') {
      this.#isTargetNext = this.#level.isInFrom;
    } else {
      return false;
    }
    return true;
  }

  #keyword(token: string, word: string, previous: string): void {
    if (word === 'select' || (CHANGES.has(word) && BEFORE_A_CHANGE.has(previous))) {
      this.#add(token);
      this.#level.operation = word;
      this.#level.isInFrom = false;
      this.#isTargetNext = word === 'update';
    } else if (COMMANDS.has(word) && previous === '') {
      this.#add(token);
    } else if (END_OF_FROM.has(word)) {
      this.#level.isInFrom = false;
    } else {
      this.#isTargetNext = this.#isBeforeTarget(word, previous);
    }
  }

  #isBeforeTarget(word: string, previous: string): boolean {
    const { operation } = this.#level;
    if (word === 'join') return true;
    if (word === 'into') return previous === 'insert' || previous === 'merge';
    if (word === 'using') return operation === 'delete' || operation === 'merge';
    // `is distinct from` compares.
    if (word !== 'from' || operation === undefined || previous === 'distinct') return false;
    this.#level.isInFrom = true;
    return true;
  }

  #add(part: string): void {
    const longer = this.#text === '' ? part : `${this.#text} ${part}`;
    if (longer.length <= MAX_SUMMARY) this.#text = longer;
  }
}

/** `"agents"` is `agents` to PostgreSQL; `"Agents"` is another name. */
function plainName(name: string): string {
  return name.replaceAll(/"(?<plain>[a-z_][a-z0-9_]*)"/g, '$<plain>');
}

/** `with a as (…), b (x, y) as materialized (…)` introduces a and b. */
function namesIntroducedIn(tokens: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const [at, token] of tokens.entries()) {
    if (token.toLowerCase() !== 'as' || !isBeforeParenthesis(tokens, at)) continue;
    const end = tokens[at - 1] === ')' ? tokens.lastIndexOf('(', at) : at;
    const name = tokens[end - 1];
    if (name !== undefined) names.add(name);
  }
  return names;
}

function isBeforeParenthesis(tokens: readonly string[], at: number): boolean {
  const next = tokens.slice(at + 1, at + 4).find((token) => !/^(?:not|materialized)$/i.test(token));
  return next === '(';
}

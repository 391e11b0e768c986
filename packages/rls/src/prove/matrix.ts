import { LOGINS, nameOf, type Actor } from './actors.ts';
import { passes, VERBS, type Cell } from './cells.ts';
import { TENANTS } from './world/tenants.ts';

/** Contexts in which everything comes to the same. */
export interface Column {
  readonly contexts: readonly string[];
}

/** What a login can do to a relation, or what a function tells it: a letter a verb, in the order of {@link VERBS}. */
export interface Line {
  readonly subject: string;
  readonly role: 'app' | 'readonly';
  readonly letters: readonly string[];
}

export interface Matrix {
  readonly columns: readonly Column[];
  readonly relations: readonly Line[];
  readonly functions: readonly Line[];
}

/** What the letters mean. */
export const LEGEND: Readonly<Record<string, string>> = {
  o: 'own rows',
  '+': 'own rows and those that are shared with it',
  '·': 'no row of anybody',
  '×': 'refused for want of a right, or by a policy',
  '=': 'as if nobody else were there: the same answer, the same error',
  '∪': 'crosses tenants, and is there for it',
  s: 'refused: the tenant is suspended',
  ' ': 'nothing to try',
  '!': 'not what the model expects',
};

/** The cells of the two logins, contexts that differ in nothing put together. */
export function matrixOf(cells: readonly Cell[]): Matrix {
  const byPlace = Map.groupBy(cells, ({ subject, actor }) => `${subject} ${actor}`);
  const contexts = [...new Set(LOGINS.map(({ context }) => context.name))];
  const subjects = (isCall: boolean): string[] => [
    ...new Set(
      cells
        .filter(({ verb, actor }) => (verb === 'call') === isCall && isLogin(actor))
        .map(({ subject }) => subject),
    ),
  ];
  const [relations, functions] = [subjects(false), subjects(true)];
  const lettersOf = (subject: string, actor: Actor, verbs: readonly string[]): string => {
    const here = byPlace.get(`${subject} ${nameOf(actor)}`) ?? [];
    return verbs.map((verb) => letterOf(here.filter((cell) => cell.verb === verb))).join('');
  };
  const inContext = (name: string): Actor[] => LOGINS.filter(({ context }) => context.name === name);
  const signature = (context: string): string =>
    inContext(context)
      .map((actor) => [
        ...relations.map((subject) => lettersOf(subject, actor, VERBS)),
        ...functions.map((subject) => lettersOf(subject, actor, ['call'])),
      ])
      .join('\n');
  const columns = [...Map.groupBy(contexts, signature).values()].map((alike) => ({ contexts: alike }));
  const lines = (of: readonly string[], verbs: readonly string[]): Line[] =>
    of.flatMap((subject) =>
      (['app', 'readonly'] as const).map((role) => ({
        subject,
        role,
        letters: columns.map(({ contexts: [first = ''] }) => {
          const actor = inContext(first).find((it) => it.role === role);
          return actor === undefined ? '' : lettersOf(subject, actor, verbs);
        }),
      })),
    );
  return { columns, relations: lines(relations, VERBS), functions: lines(functions, ['call']) };
}

const LOGIN_NAMES = new Set(LOGINS.map(nameOf));
const isLogin = (actor: string): boolean => LOGIN_NAMES.has(actor);

function letterOf(cells: readonly Cell[]): string {
  const [cell] = cells;
  if (cell === undefined) return ' ';
  if (!cells.every(passes)) return '!';
  const { verb } = cell;
  const actual = cell.actual.replace(/, blindly .*/, '');
  if (actual === 'crosses tenants') return '∪';
  if (actual.includes('refused AATSU')) return 's';
  if (verb === 'errors' || verb === 'references') return /^refused(?:$| 42501)/.test(actual) ? '×' : '=';
  if (verb === 'call') return /^refused(?: 42501)?$/.test(actual) ? '×' : '=';
  if (actual.startsWith('refused')) return '×';
  return seenIn(actual);
}

function seenIn(actual: string): string {
  if (actual.includes(TENANTS.sharing)) return '+';
  return /^(?:\{\}|0|0 rows .*)$/.test(actual) ? '·' : 'o';
}

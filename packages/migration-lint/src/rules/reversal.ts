import { factsOf, type Fact } from '../schema/facts.ts';
import { lastPart } from '../sql/names.ts';
import type { FileContext, Rule } from './rule.ts';

/** The schema before, after, and after the way back; undefined when there is no way back that can be read. */
function wayBack(file: FileContext): Record<'before' | 'after' | 'afterDown', Map<string, Fact>> | undefined {
  const { before, after, down, isReadable } = file;
  if (down?.isReadable !== true || !isReadable) return undefined;
  const isUnclear = unclearIn([...file.changes, ...down.changes]);
  const clear = (facts: Map<string, Fact>): Map<string, Fact> =>
    new Map([...facts].filter(([, fact]) => !isUnclear(fact)));
  return { before: clear(factsOf(before)), after: factsOf(after), afterDown: clear(factsOf(down.after)) };
}

/** What blocks may have changed, as nobody can read them: parts of the tables they name, objects of the kinds they drop. */
function unclearIn(changes: FileContext['changes']): (fact: Fact) => boolean {
  const bodies = changes.flatMap((change) => (change.kind === 'block' ? [change.body] : [])).join('\n');
  const words = new Set(bodies.match(/\w+/g) ?? []);
  const dropped = new Set([...bodies.matchAll(/\bdrop (\w+)/gi)].map(([, kind = '']) => kind.toLowerCase()));
  return ({ kind, table }) => dropped.has(kind) || (table !== undefined && words.has(lastPart(table)));
}

export const reversalRules: readonly Rule[] = [
  {
    name: 'missing-down',
    severity: 'error',
    what: 'There is no `.down.sql` beside the file.',
    why: 'A migration that cannot be undone cannot be tried, and the runner refuses it.',
    instead: 'Write the down file, and let it undo everything.',
    file: ({ down }) => (down === undefined ? [{ at: 0, message: 'there is no down file' }] : []),
  },
  {
    name: 'down-leaves-behind',
    severity: 'error',
    what: 'The down file leaves something that the up file made.',
    why: 'The next up fails on it, or finds another one than it expects.',
    instead: 'Drop it in the down file.',
    file: (file) => {
      const facts = wayBack(file);
      if (facts === undefined) return [];
      const left = [...facts.afterDown.keys()].filter((name) => !facts.before.has(name));
      // What the down file makes has no place in this one.
      return left.map((name) => ({
        at: facts.after.get(name)?.at ?? 0,
        message: `the down file leaves ${name}`,
      }));
    },
  },
  {
    name: 'down-does-not-restore',
    severity: 'error',
    what: 'Something is gone or other after up and down than it was before.',
    why: 'The migrations before it cannot be undone, and code that is rolled back does not find what it knew.',
    instead: 'Make it again in the down file, as it was.',
    file: (file) => {
      const facts = wayBack(file);
      if (facts === undefined) return [];
      return [...facts.before].flatMap(([name, { detail }]) => {
        const now = facts.afterDown.get(name);
        if (now?.detail === detail) return [];
        const message =
          now === undefined ? `${name} is gone` : `${name} is ${now.detail || 'other'}, and was ${detail}`;
        return [{ at: 0, message: `after the down file ${message}` }];
      });
    },
  },
];

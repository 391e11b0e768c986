import type { Rule } from './rule.ts';

/** What is found about a file itself, before and after the other rules have looked at it. */
export const fileRules = {
  syntaxError: {
    name: 'syntax-error',
    severity: 'error',
    what: 'PostgreSQL’s parser refuses the file.',
    why: 'Nothing else can be said about it.',
    instead: 'Correct it where the parser noticed, or shortly before.',
    isForDown: true,
  },
  badSuppression: {
    name: 'bad-suppression',
    severity: 'error',
    what: 'A `-- lint:` comment names no rule or gives no reason.',
    why: 'The next reader has to know why a rule does not hold here.',
    instead:
      '`-- lint: allow <rule> <reason>` for a statement, `-- lint: allow-file <rule> <reason>` for the file.',
    isForDown: true,
  },
  unusedSuppression: {
    name: 'unused-suppression',
    severity: 'error',
    what: 'A suppression that suppresses nothing.',
    why: 'It would hide the next finding, which nobody has looked at.',
    instead: 'Remove it, or put it directly before the statement that it is for.',
    isForDown: true,
  },
} as const satisfies Record<string, Rule>;

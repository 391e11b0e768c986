import type { Rule } from '@agent-agency/findings';

/** What is found about the list of allowances itself; none of it can be allowed. */
export const allowanceRules = {
  bad: {
    name: 'bad-allowance',
    severity: 'error',
    what: 'A line of the list of allowances names no rule or gives no reason.',
    why: 'The next reader has to know why a rule does not hold there.',
    instead: '`<rule> <place>: <reason>`, a line each; `*` in a place stands for anything.',
  },
  unused: {
    name: 'unused-allowance',
    severity: 'error',
    what: 'A line of the list of allowances allows nothing.',
    why: 'It would hide the next finding, which nobody has looked at.',
    instead: 'Remove it.',
  },
} as const satisfies Record<string, Rule>;

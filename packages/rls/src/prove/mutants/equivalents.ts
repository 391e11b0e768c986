import type { Mutant } from './mutants.ts';

/** A mutant that changes nothing that anybody could notice. */
interface Equivalent {
  readonly subject: RegExp;
  readonly what: RegExp;
  readonly why: string;
}

/** Each is checked like the others: one that a cell notices after all is no equivalent, and the proof says so. */
const EQUIVALENTS: readonly Equivalent[] = [
  {
    subject: /^(?:agent_profiles|agent_capabilities|benchmark_datasets)$/,
    what: /_read dropped$/,
    why: 'the policy for what is shared shows the reading login its own rows too',
  },
];

export function equivalenceOf({ subject, what }: Mutant): string | undefined {
  return EQUIVALENTS.find((it) => it.subject.test(subject) && it.what.test(what))?.why;
}

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
  {
    subject: /^app\.(?:capability_vectors|pending_vectors|vector_indexes)$/,
    what: /^(?:\w+_(?:service|tenant_guard) |disabled$|not forced$)/,
    why: 'nobody but the service role, which owns it, has a right on it; that it has policies nevertheless is a rule of the migrations’ tests',
  },
];

export function equivalenceOf({ subject, what }: Mutant): string | undefined {
  return EQUIVALENTS.find((it) => it.subject.test(subject) && it.what.test(what))?.why;
}

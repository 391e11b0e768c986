import { quoteName } from '../connection.ts';
import type { Mutant } from './mutants.ts';

export interface Policy {
  readonly name: string;
  readonly relation: string;
  readonly isPermissive: boolean;
  readonly command: string;
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
}

/** Gone, true, for everybody, or no guard any more. */
export function policyMutants(policy: Policy): Mutant[] {
  const { name, relation, isPermissive, using, check } = policy;
  const on = `${quoteName(name)} on ${relation}`;
  const mutant = (what: string, ...sql: readonly string[]): Mutant => ({
    ...{ subject: relation, kind: 'policy', what: `${name} ${what}`, sql },
    // Where it stands alone, it is missed.
    layers: isPermissive ? ['policies', 'both', 'guards'] : ['guards', 'both', 'policies'],
  });
  return [
    mutant('dropped', `drop policy ${on}`),
    ...(using === null || using === 'true'
      ? []
      : [mutant('using (true)', `alter policy ${on} using (true)`)]),
    ...(check === null || check === 'true'
      ? []
      : [mutant('with check (true)', `alter policy ${on} with check (true)`)]),
    mutant('to public', `alter policy ${on} to public`),
    ...(isPermissive ? [] : [mutant('permissive', `drop policy ${on}`, permissive(policy))]),
  ];
}

function permissive({ name, relation, command, roles, using, check }: Policy): string {
  return [
    `create policy ${quoteName(name)} on ${relation} as permissive for ${command} to ${roles.map(quoteName).join(', ')}`,
    using === null ? '' : `using (${using})`,
    check === null ? '' : `with check (${check})`,
  ].join(' ');
}

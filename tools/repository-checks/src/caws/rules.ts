import type { WorkingSpec } from '@agent-agency/provenance';
import { isPattern, isWithin } from './paths.ts';

/** What is wrong with a spec whose shape is right, and what is only weak. */
export interface Findings {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * The rules that go beyond the shape of a working spec: what its risk tier demands, and a scope that does not
 * contradict itself.
 */
export function checkRules(spec: WorkingSpec): Findings {
  return {
    errors: [...checkTierOne(spec), ...checkMode(spec), ...checkScope(spec), ...checkIds(spec)],
    warnings: [...weakAcceptance(spec), ...missingBudget(spec)],
  };
}

function checkTierOne({ risk_tier, observability, rollback, non_functional }: WorkingSpec): string[] {
  if (risk_tier !== 1) return [];
  const observed = Object.values(observability ?? {}).flat();
  const needed = { observability: observed, rollback, 'non_functional.security': non_functional.security };
  return Object.entries(needed)
    .filter(([, given]) => (given ?? []).length === 0)
    .map(([name]) => `${name}: tier 1 needs at least one entry`);
}

function checkMode({ risk_tier, experiment_mode }: WorkingSpec): string[] {
  return experiment_mode && risk_tier !== 3 ? ['experiment_mode: only tier 3 may experiment'] : [];
}

function checkScope({ scope }: WorkingSpec): string[] {
  const globs = scope.out.filter(isPattern);
  const shadowed = scope.out.flatMap((out) =>
    scope.in
      .filter((path) => isWithin(path, out))
      .map((path) => `scope.out: ${out} shadows ${path} of scope.in`),
  );
  return [...globs.map((path) => `scope.out: ${path} is a pattern; name a folder or file`), ...shadowed];
}

function checkIds({ acceptance }: WorkingSpec): string[] {
  const ids = acceptance.map(({ id }) => id);
  const repeated = new Set(ids.filter((id, at) => ids.indexOf(id) !== at));
  return [...repeated].map((id) => `acceptance: ${id} is given twice`);
}

function weakAcceptance({ risk_tier, acceptance }: WorkingSpec): string[] {
  return risk_tier === 1 && acceptance.length < 5
    ? [`acceptance: tier 1 should have five criteria or more, here are ${acceptance.length}`]
    : [];
}

function missingBudget({ non_functional }: WorkingSpec): string[] {
  return Object.keys(non_functional.perf ?? {}).length > 0 ? [] : ['non_functional.perf: no budget is given'];
}

import { z } from 'zod';
import { parseInput } from '../errors.ts';

/** A group of rows that a figure is about, and whose they are. */
export interface Group {
  readonly name: string;
  /** The tenants that have rows in it; a tenant counts once, however many. */
  readonly tenants: readonly string[];
}

/** Which figures may be shown. */
export interface ReleasableGroups {
  readonly released: readonly string[];
  readonly suppressed: readonly string[];
  /** Whether the total over all groups may be shown beside them. */
  readonly isTotalReleased: boolean;
}

const Options = z.strictObject({
  /** Fewest tenants that a figure may be about. */
  k: z.int().min(2),
  /** Whether the total over all groups is shown as well. Default: false. */
  withTotal: z.boolean().default(false),
});
export type ReleasableGroupsOptions = z.input<typeof Options>;

/**
 * Which groups have rows of at least `k` tenants, so that a figure about them is about nobody in particular.
 *
 * With the total, what is left of it after the released groups is a figure as well: about the suppressed ones together.
 * Where these have fewer than `k` tenants, the smallest released groups are suppressed too, until they have enough.
 *
 * k-anonymity is no differential privacy: it hides one tenant among those of its group, from whoever knows nothing else.
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem; also for two groups of one name.
 */
export function releasableGroups(
  groups: readonly Group[],
  options: ReleasableGroupsOptions,
): ReleasableGroups {
  const { k, withTotal } = parseInput(Options, options, 'a release of groups');
  parseInput(
    Names,
    groups.map(({ name }) => name),
    'a list of groups',
  );
  const bySize = groups
    .map(({ name, tenants }) => ({ name, tenants: new Set(tenants) }))
    .toSorted((one, other) => one.tenants.size - other.tenants.size || (one.name < other.name ? -1 : 1));
  const isTotalReleased = withTotal && unionOf(bySize).size >= k;
  let suppressed = bySize.filter(({ tenants }) => tenants.size < k).length;
  while (isTotalReleased && suppressed > 0 && unionOf(bySize.slice(0, suppressed)).size < k) suppressed += 1;
  const names = bySize.map(({ name }) => name);
  return {
    released: names.slice(suppressed).toSorted(),
    suppressed: names.slice(0, suppressed).toSorted(),
    isTotalReleased,
  };
}

const Names = z
  .array(z.string())
  .refine((names) => new Set(names).size === names.length, 'two groups must not have one name');

function unionOf(groups: readonly { readonly tenants: ReadonlySet<string> }[]): ReadonlySet<string> {
  return new Set(groups.flatMap(({ tenants }) => [...tenants]));
}

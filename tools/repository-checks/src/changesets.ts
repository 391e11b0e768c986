import { z } from 'zod';

const noGroups = z.array(z.unknown()).max(0, 'must be empty: every package has a version of its own');

const ChangesetsConfig = z.looseObject({ fixed: noGroups, linked: noGroups });

/**
 * Finds settings of changesets that would tie the versions of packages together.
 *
 * @param config the parsed .changeset/config.json
 */
export function checkChangesets(config: unknown): string[] {
  const { error } = ChangesetsConfig.safeParse(config);
  return (error?.issues ?? []).map(
    ({ path, message }) => `.changeset/config.json: ${path.join('.')} ${message}`,
  );
}

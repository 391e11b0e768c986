import { z } from 'zod';

const Versions = z.record(z.string(), z.string()).default({});

/** What the checks read of a package.json. */
export const Manifest = z.looseObject({
  name: z.string(),
  license: z.string().optional(),
  private: z.boolean().default(false),
  exports: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  scripts: Versions,
  dependencies: Versions,
  devDependencies: Versions,
  optionalDependencies: Versions,
  peerDependencies: Versions,
});
export type Manifest = z.infer<typeof Manifest>;

const scope = '@agent-agency/';

/**
 * The names of the workspace packages that a package is installed with.
 */
export function workspaceDependencies(manifest: Manifest): string[] {
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    .filter((name) => name.startsWith(scope))
    .sort();
}

/**
 * A workspace package's name without the npm scope.
 *
 * @example shortName('@agent-agency/db-core') // 'db-core'
 */
export function shortName(name: string): string {
  return name.startsWith(scope) ? name.slice(scope.length) : name;
}

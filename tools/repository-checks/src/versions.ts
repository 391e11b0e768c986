import type { Manifest } from './workspace/manifest.ts';
import type { Workspace } from './workspace/workspace.ts';

/**
 * Finds dependencies whose version is written in a package and not in the workspace's catalog, where one line
 * changes it for all. Peer dependencies are exempt: they are ranges promised to others.
 */
export function checkVersions({ root, packages, catalog }: Workspace): string[] {
  const all = [{ folder: 'the root', manifest: root }, ...packages];
  return all.flatMap(({ folder, manifest }) =>
    Object.entries(versions(manifest)).flatMap(([name, version]) => {
      if (name.startsWith('@agent-agency/'))
        return version.startsWith('workspace:') ? [] : [`${folder}: ${name} is ${version}, not workspace:`];
      if (version !== 'catalog:') return [`${folder}: ${name} is ${version}, not catalog:`];
      return catalog.has(name) ? [] : [`${folder}: ${name} is not in the catalog`];
    }),
  );
}

function versions({ dependencies, devDependencies, optionalDependencies }: Manifest): Record<string, string> {
  return { ...dependencies, ...devDependencies, ...optionalDependencies };
}

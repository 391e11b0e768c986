import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace, WorkspacePackage } from '../workspace/workspace.ts';
import type { EntryPoints } from './check-readme.ts';
import { exportsOf } from './module-names.ts';

/**
 * Reads what every entry point of the workspace exports. An entry point whose file is missing exports nothing.
 */
export function readEntryPoints(root: string, { packages }: Workspace): EntryPoints {
  return new Map(
    packages.flatMap((workspacePackage) =>
      sourcesOf(workspacePackage).map(([name, path]) => {
        const file = join(root, workspacePackage.folder, path);
        return [name, existsSync(file) ? exportsOf(readFileSync(file, 'utf8')) : new Set<string>()] as const;
      }),
    ),
  );
}

/** The entry points of a package by the name they are imported under, with the source file of each. */
function sourcesOf({ manifest }: WorkspacePackage): [name: string, path: string][] {
  const { exports = {} } = manifest;
  const subpaths = typeof exports === 'string' ? { '.': exports } : exports;
  return Object.entries(subpaths).flatMap(([subpath, target]) => {
    const source = typeof target === 'string' ? target : sourceCondition(target);
    return source === undefined ? [] : [[manifest.name + subpath.slice(1), source]];
  });
}

function sourceCondition(target: unknown): string | undefined {
  if (typeof target !== 'object' || target === null || !('@agent-agency/source' in target)) return undefined;
  const source = target['@agent-agency/source'];
  return typeof source === 'string' ? source : undefined;
}

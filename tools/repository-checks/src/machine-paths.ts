import type { SourceFile } from './source-files.ts';

/**
 * Folders that exist on one machine only: homes and the usual places of a checkout. `/tmp` and `/var/cache` are the
 * same everywhere and may be named.
 */
const machinePath =
  /(?<![\w./~$}*-])(?:\/(?:root|work|workspaces?)\/|\/(?:home|Users)\/[\w.-]+\/|[A-Z]:\\+Users\\)/;

/**
 * Finds lines that name a folder of the machine they were written on.
 */
export function checkMachinePaths(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, at) => {
      const found = machinePath.exec(line);
      return found ? [`${path}:${at + 1}: ${found[0]}`] : [];
    }),
  );
}

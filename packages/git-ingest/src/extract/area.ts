/** Folders that hold the parts of a repository: the part is the folder below. */
const containers = new Set([
  'apps',
  'cmd',
  'components',
  'crates',
  'internal',
  'lib',
  'libs',
  'modules',
  'packages',
  'pkg',
  'plugins',
  'projects',
  'services',
  'src',
  'tools',
]);

/** The area of files that lie in no folder. */
export const ROOT_AREA = '(root)';

/** What stands for all areas beyond the bound of a count. */
export const OTHER_AREA = '(other)';

const maxLength = 200;

/**
 * The part of a repository that a file belongs to: its first folder; in a container folder (`packages`, `src`, …) the
 * folder below it as well, and with npm scopes the one below that. At most 200 characters.
 *
 * @example
 * areaOf('README.md'); // '(root)'
 * areaOf('docs/guide/start.md'); // 'docs'
 * areaOf('packages/api/src/index.ts'); // 'packages/api'
 * areaOf('packages/@scope/api/index.ts'); // 'packages/@scope/api'
 */
export function areaOf(path: string): string {
  // Four folders decide; a path with thousands of them is not taken apart.
  const segments = path.split('/', 4);
  const folderCount = path.split('/', 5).length - 1;
  const [first = '', second = ''] = segments;
  if (folderCount === 0) return ROOT_AREA;
  if (folderCount === 1 || !containers.has(first)) return first.slice(0, maxLength);
  const depth = second.startsWith('@') && folderCount >= 3 ? 3 : 2;
  return segments.slice(0, depth).join('/').slice(0, maxLength);
}

/**
 * The segments of a path of the repository, without the empty ones that `a//b/` has.
 */
function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '' && segment !== '.');
}

/**
 * Whether a path is a folder or lies in it, by whole segments: `a/bc` is not within `a/b`.
 *
 * @example isWithin('packages/db-core/src', 'packages/db-core') // true
 */
export function isWithin(path: string, folder: string): boolean {
  const inner = segments(path);
  return segments(folder).every((segment, at) => inner[at] === segment);
}

/** Whether an entry names many files by a pattern. */
export function isPattern(path: string): boolean {
  return /[*?[\]{}]/.test(path);
}

import { generatedFileNames, languageExtensions, languageFileNames } from './language-table.ts';

const byExtension = invert(languageExtensions);
const byFileName = invert(languageFileNames);
const generated = new Set(generatedFileNames);
const generatedEnding = /\.min\.(?:js|css)$/;

/**
 * The language of a file by its name, or undefined for a name that tells nothing, and for files that programs write
 * (lock files, minified code). Contents are never looked at.
 *
 * @example
 * languageOf('packages/a/src/index.ts'); // 'TypeScript'
 */
export function languageOf(path: string): string | undefined {
  const fileName = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (generated.has(fileName) || generatedEnding.test(fileName)) return undefined;
  const known = byFileName.get(fileName);
  if (known !== undefined) return known;
  // `Dockerfile.dev` and `Makefile.am` are what their first part says.
  const firstPart = fileName.slice(0, Math.max(fileName.indexOf('.'), 0));
  if (firstPart === 'dockerfile' || firstPart === 'makefile') return byFileName.get(firstPart);
  const dot = fileName.lastIndexOf('.');
  // A leading dot hides a file, it does not begin an extension; `.editorconfig` and the like are the exceptions.
  return dot === -1 ? undefined : byExtension.get(fileName.slice(dot + 1));
}

function invert(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const entries = Object.entries(table).flatMap(([language, names]) =>
    names.split(' ').map((name): [string, string] => [name, language]),
  );
  return new Map(entries);
}

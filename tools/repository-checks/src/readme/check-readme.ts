import { stripTypeScriptTypes } from 'node:module';
import { examplesOf, type Example } from './examples.ts';
import { importsOf } from './module-names.ts';

/** What an example can import: for each `@agent-agency/…` entry point the names it exports. */
export type EntryPoints = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Finds examples of a README that are no module or import what does not exist.
 */
export function checkReadme(markdown: string, entryPoints: EntryPoints): string[] {
  return examplesOf(markdown).flatMap((example) =>
    [...syntaxError(example), ...unknownImports(example, entryPoints)].map(
      (problem) => `line ${example.line}: ${problem}`,
    ),
  );
}

/** Node's own reader of TypeScript decides: it is the one that runs the example. */
function syntaxError({ code }: Example): string[] {
  try {
    stripTypeScriptTypes(code);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function unknownImports({ code }: Example, entryPoints: EntryPoints): string[] {
  const own = importsOf(code).filter(({ source }) => source.startsWith('@agent-agency/'));
  return own.flatMap(({ source, names }) => {
    const exported = entryPoints.get(source);
    if (exported === undefined) return [`${source} is not an entry point of this workspace`];
    return names
      .filter((name) => name !== '*' && !exported.has(name))
      .map((name) => `${source} exports no ${name}`);
  });
}

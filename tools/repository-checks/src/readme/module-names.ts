/** Names that a module takes from another. */
export interface Import {
  readonly source: string;
  /** As the other module exports them; `*` for the whole, `default` for a default import. */
  readonly names: readonly string[];
}

const comment = /\/\*.*?\*\/|(?<!:)\/\/[^\n]*/gs;
const importFrom = /^\s*import\s+(?:type\s+)?(?<clause>[\w$*{][^'"]*?)\s*from\s*['"](?<source>[^'"]+)['"]/gm;
const exportList = /^export\s+(?:type\s+)?\{(?<list>[^}]*)\}/gm;
const exportDeclaration =
  /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class|interface|type)\s+(?<name>[\w$]+)/gm;

/**
 * The static imports of a module, by a simple reading of its text: enough for the plain import statements of an
 * example.
 */
export function importsOf(code: string): Import[] {
  return [...code.replace(comment, '').matchAll(importFrom)].map(({ groups }) => ({
    source: groups?.['source'] ?? '',
    names: clauseNames(groups?.['clause'] ?? ''),
  }));
}

/**
 * The names a module exports, by a simple reading of its text. Entry files export explicitly and by name, which is
 * what makes that possible; `export *` names nothing.
 */
export function exportsOf(code: string): Set<string> {
  const plain = code.replace(comment, '');
  const listed = [...plain.matchAll(exportList)].flatMap(({ groups }) => specifiers(groups?.['list'] ?? ''));
  const declared = [...plain.matchAll(exportDeclaration)].map(({ groups }) => groups?.['name'] ?? '');
  return new Set([...listed.map(([, outer]) => outer), ...declared]);
}

function clauseNames(clause: string): string[] {
  const braces = /\{(?<list>[^}]*)\}/.exec(clause);
  const named = specifiers(braces?.groups?.['list'] ?? '').map(([inner]) => inner);
  const rest = clause.replace(/\{[^}]*\}/, '');
  const whole = rest.includes('*') ? ['*'] : [];
  const byDefault = /^\s*[\w$]/.test(rest) ? ['default'] : [];
  return [...byDefault, ...whole, ...named];
}

/** The entries of `{ a, type b, c as d }`: the name before `as` and the one after. */
function specifiers(list: string): [inner: string, outer: string][] {
  return list
    .split(',')
    .map((entry) => entry.trim().replace(/^type\s+(?=\S)/, ''))
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [inner = '', outer = inner] = entry.split(/\s+as\s+/);
      return [inner, outer];
    });
}

/**
 * The variable an identifier stands for, if it is declared in this file.
 *
 * @param {import('eslint').SourceCode} sourceCode
 * @param {import('estree').Identifier} identifier
 */
export function variableOf(sourceCode, identifier) {
  /** @type {import('eslint').Scope.Scope | null} */
  let scope = sourceCode.getScope(identifier);
  for (; scope; scope = scope.upper) {
    const variable = scope.set.get(identifier.name);
    if (variable) return variable;
  }
  return undefined;
}

/**
 * The places that read a variable's value; types and mere assignments are left out.
 *
 * @param {import('eslint').Scope.Reference[]} references
 * @returns {import('eslint').Rule.Node[]}
 */
export function valueReads(references) {
  return references
    .filter((reference) => reference.isRead() && /** @type {any} */ (reference).isValueReference !== false)
    .map((reference) => /** @type {import('eslint').Rule.Node} */ (reference.identifier));
}

/**
 * The places that read a global of this name which no declaration in the file shadows.
 *
 * @param {import('eslint').SourceCode} sourceCode
 * @param {string} name
 */
export function globalReads(sourceCode, name) {
  const { globalScope } = sourceCode.scopeManager;
  const declared = globalScope?.set.get(name);
  const references = [
    ...(globalScope?.through ?? []).filter((reference) => reference.identifier.name === name),
    ...(declared && declared.defs.length === 0 ? declared.references : []),
  ];
  return valueReads(references);
}

/**
 * The declared name of `export const x = …` or `export import x = …`.
 *
 * @param {import('eslint').Scope.Variable} variable
 * @returns {import('estree').Node | undefined}
 */
export function exportedName(variable) {
  const exported = variable.defs.find(({ type, node }) => {
    if (type === 'Parameter') return false; // its node is the function
    const statement = node.type === 'VariableDeclarator' ? node.parent : node;
    return statement.parent?.type === 'ExportNamedDeclaration';
  });
  return exported?.name;
}

/**
 * Whether an export or import specifier is of a type: `export { type A }`, `export type { A }`.
 *
 * @param {any} specifier
 */
export function isExportedType(specifier) {
  return specifier.exportKind === 'type' || specifier.parent.exportKind === 'type';
}

import { variableOf } from './scopes.js';

/** @typedef {(node: any) => string | undefined} StaticText */

/**
 * Reads the string an expression is known to have without running it: a literal, a template, a sum of such, or a
 * `const` that holds one.
 *
 * @param {import('eslint').SourceCode} sourceCode
 * @returns {StaticText} undefined when only running the program tells
 */
export function createStaticText(sourceCode) {
  /** @type {(node: any, seen: Set<unknown>) => string | undefined} */
  const read = (node, seen) => {
    switch (node?.type) {
      case 'Literal':
        return typeof node.value === 'string' ? node.value : undefined;
      case 'TemplateLiteral':
        return joined(
          templateParts(node).map((part) => (typeof part === 'string' ? part : read(part, seen))),
        );
      case 'BinaryExpression':
        return node.operator === '+' ? joined([read(node.left, seen), read(node.right, seen)]) : undefined;
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
        return read(node.expression, seen);
      case 'Identifier':
        return seen.has(node) ? undefined : read(constantOf(sourceCode, node), new Set([...seen, node]));
      default:
        return undefined;
    }
  };
  return (node) => read(node, new Set());
}

/**
 * The name a property is read or written by: `a` in `x.a`, `x['a']`, `{ a }` and `import { 'a' as b }`.
 *
 * @param {any} key
 * @param {boolean} computed
 * @param {StaticText} text
 * @returns {string | undefined} undefined when only running the program tells
 */
export function keyName(key, computed, text) {
  if (!computed && key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : text(key);
}

/**
 * What a `const` is initialised with.
 *
 * @param {import('eslint').SourceCode} sourceCode
 * @param {import('estree').Identifier} identifier
 */
function constantOf(sourceCode, identifier) {
  const [definition, ...others] = variableOf(sourceCode, identifier)?.defs ?? [];
  if (definition?.type !== 'Variable' || others.length > 0 || definition.parent.kind !== 'const')
    return undefined;
  return definition.node.id.type === 'Identifier' ? definition.node.init : undefined;
}

/**
 * The literal and computed parts of a template, in order.
 *
 * @param {any} template
 */
function templateParts({ quasis, expressions }) {
  return quasis.flatMap((/** @type {any} */ quasi, /** @type {number} */ at) =>
    at < expressions.length ? [quasi.value.cooked, expressions[at]] : [quasi.value.cooked],
  );
}

/** @param {(string | null | undefined)[]} parts */
function joined(parts) {
  return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
}

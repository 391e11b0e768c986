/** Parents that only look at a value or throw it away. */
const HARMLESS = new Set([
  'ExpressionStatement',
  'IfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'ForStatement',
  'SwitchStatement',
  'SwitchCase',
  'UnaryExpression',
]);

const COMPARISONS = new Set(['instanceof', 'in', '===', '!==', '==', '!=']);

/** Parents whose own value is the value inside them. */
const WRAPPERS = new Set([
  'ChainExpression',
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'LogicalExpression',
]);

const TYPES = new Set(['TSTypeQuery', 'TSTypeReference', 'TSClassImplements', 'TSInterfaceHeritage']);

/**
 * Whether the parent expression evaluates to its child: `(x as any)`, `(0, x)`, `c ? x : y`, `x || y`.
 *
 * @param {any} parent
 * @param {unknown} node
 */
export function isTransparent(parent, node) {
  if (parent.type === 'ConditionalExpression') return parent.test !== node;
  if (parent.type === 'SequenceExpression') return parent.expressions.at(-1) === node;
  return WRAPPERS.has(parent.type);
}

/**
 * Whether nothing can come of the value: it is compared, tested, thrown away or only named in a type.
 *
 * @param {any} parent
 * @param {unknown} node
 */
export function isHarmless(parent, node) {
  if (parent.type === 'BinaryExpression') return COMPARISONS.has(parent.operator);
  if (parent.type === 'ConditionalExpression') return parent.test === node;
  if (parent.type === 'SequenceExpression') return parent.expressions.at(-1) !== node;
  return HARMLESS.has(parent.type) || TYPES.has(parent.type);
}

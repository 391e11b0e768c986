import { isExportedType } from './scopes.js';
import { keyName } from './static-text.js';

/** @typedef {import('./flow.js').Flow} Flow */
/** @typedef {import('./value.js').Value} Value */

/** Assignments after which the target may hold the right-hand side. */
const ASSIGNING = new Set(['=', '||=', '&&=', '??=']);

/**
 * How a value gets from an expression into its parent, by the parent's type.
 *
 * @type {Record<string, (flow: Flow, node: any, value: Value) => void>}
 */
export const steps = {
  AwaitExpression: (flow, { parent }, value) => flow.use(parent, value.awaited ?? value),

  MemberExpression(flow, node, value) {
    const { object, property, computed } = node.parent;
    if (object !== node) return flow.escape(node, value);
    flow.useMember(node.parent, value, keyName(property, computed, flow.text));
  },

  TSQualifiedName: (flow, { parent }, value) => flow.useMember(parent, value, parent.right.name),

  CallExpression(flow, node, value) {
    if (node.parent.callee !== node || !value.call) return flow.escape(node, value);
    const result = value.call(node.parent, flow);
    if (result) flow.use(node.parent, result);
  },

  VariableDeclarator: (flow, { parent }, value) => flow.bind(parent.id, value),

  AssignmentExpression(flow, node, value) {
    const { left, right, operator } = node.parent;
    if (!ASSIGNING.has(operator)) return flow.escape(node, value);
    if (right === node) flow.bind(left, value);
    else if (node.type !== 'Identifier') return flow.escape(node, value);
    flow.use(node.parent, value);
  },

  AssignmentPattern(flow, node, value) {
    const { parent } = node;
    // `constructor(private p = …)` is a store into an object.
    if (parent.parent.type === 'TSParameterProperty') return flow.escape(node, value);
    flow.bind(parent.left, value);
  },

  TSImportEqualsDeclaration: (flow, { parent }, value) => flow.bind(parent.id, value),

  ExportSpecifier(flow, node, value) {
    if (!isExportedType(node.parent)) flow.escape(node, value);
  },
};

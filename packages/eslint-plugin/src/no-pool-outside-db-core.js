import { Flow } from './flow/flow.js';
import { globalReads, isExportedType } from './flow/scopes.js';
import { globals, importedValue, moduleValue } from './pg/values.js';

/** @typedef {import('./flow/value.js').Value} Value */

/**
 * Forbids what opens a PostgreSQL connection through pg. The rule follows pg from where it is loaded to every use,
 * under whatever name, and lets pass only what cannot lead to a connection: types, `instanceof`, comparisons and
 * pg's harmless exports. What it cannot follow it reports, so there is no form of words that gets around it.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const noPoolOutsideDbCore = {
  meta: {
    type: 'problem',
    docs: { description: 'keep everything that opens a PostgreSQL connection in one package' },
    schema: [{ type: 'object', properties: { owner: { type: 'string' } }, additionalProperties: false }],
    defaultOptions: [{ owner: '@agent-agency/db-core' }],
    messages: {
      construct: 'Only {{owner}} opens connections: take one from it instead of constructing {{name}}.',
      extend: 'Only {{owner}} opens connections: do not extend {{name}}.',
      export: 'Only {{owner}} opens connections: do not export {{name}}.',
      escape:
        'Only {{owner}} opens connections: {{name}} may be named in types and after instanceof, not used.',
    },
  },

  create(context) {
    const { owner } = context.options[0];
    const flow = new Flow(context.sourceCode, (node, { name }) => {
      const messageId = messageOf(node);
      context.report({ node, messageId, data: { name, owner } });
    });
    return { ...loads(context.sourceCode, flow), ...reexports(flow) };
  },
};

/**
 * Where pg comes into a file.
 *
 * @param {import('eslint').SourceCode} sourceCode
 * @param {Flow} flow
 * @returns {import('eslint').Rule.RuleListener}
 */
function loads(sourceCode, flow) {
  return {
    Program() {
      for (const [name, value] of Object.entries(globals))
        for (const read of globalReads(sourceCode, name)) flow.use(read, value);
    },
    ImportDeclaration(node) {
      const module = isType(node) ? undefined : moduleValue(flow.text(node.source));
      if (!module) return;
      for (const specifier of node.specifiers) {
        const value = isType(specifier) ? undefined : imported(specifier, module);
        if (value) flow.bind(specifier.local, value);
      }
    },
    ImportExpression(node) {
      const promise = importedValue(flow.text(node.source));
      if (promise) flow.use(node, promise);
    },
    /** @param {any} node */
    TSExternalModuleReference(node) {
      const module = isType(node.parent) ? undefined : moduleValue(flow.text(node.expression));
      if (module) flow.use(node, module);
    },
  };
}

/**
 * Where pg goes straight through a file.
 *
 * @param {Flow} flow
 * @returns {import('eslint').Rule.RuleListener}
 */
function reexports(flow) {
  return {
    ExportAllDeclaration(node) {
      const module = isExportedType({ parent: node }) ? undefined : moduleValue(flow.text(node.source));
      if (module) flow.escape(node, module);
    },
    ExportNamedDeclaration(node) {
      const module = moduleValue(flow.text(node.source));
      if (!module) return;
      for (const specifier of node.specifiers) {
        const value = isExportedType(specifier) ? undefined : member(specifier.local, module);
        if (value) flow.escape(specifier, value);
      }
    },
  };
}

/**
 * @param {import('estree').ImportDeclaration['specifiers'][number]} specifier
 * @param {Value} module
 */
function imported(specifier, module) {
  if (specifier.type === 'ImportNamespaceSpecifier') return module;
  return specifier.type === 'ImportDefaultSpecifier'
    ? module.member?.('default')
    : member(specifier.imported, module);
}

/**
 * @param {import('estree').Identifier | import('estree').Literal} name
 * @param {Value} module
 */
function member(name, module) {
  return module.member?.(name.type === 'Identifier' ? name.name : String(name.value));
}

/** @param {any} node */
function isType(node) {
  return node.importKind === 'type';
}

/** The nodes between a name and the statement that declares it. */
const DECLARING = new Set([
  'Property',
  'ObjectPattern',
  'AssignmentPattern',
  'RestElement',
  'VariableDeclarator',
  'VariableDeclaration',
  'TSImportEqualsDeclaration',
]);

/**
 * What to say, by the syntax in which a connection class or pg itself was found.
 *
 * @param {any} node
 */
function messageOf(node) {
  const { parent } = node;
  if (parent.type === 'NewExpression' && parent.callee === node) return 'construct';
  if (parent.superClass === node) return 'extend';
  let around = node.type.startsWith('Export') ? node : parent;
  while (DECLARING.has(around.type)) around = around.parent;
  return /^(TS)?Export/.test(around.type) ? 'export' : 'escape';
}

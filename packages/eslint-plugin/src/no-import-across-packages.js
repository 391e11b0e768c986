import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { packageRoot } from './package-root.js';

/**
 * Keeps packages apart: one imports another by the names its `exports` offer, never by its files.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const noImportAcrossPackages = {
  meta: {
    type: 'problem',
    docs: { description: 'forbid imports of another package’s files' },
    schema: [{ type: 'object', properties: { scope: { type: 'string' } }, additionalProperties: false }],
    defaultOptions: [{ scope: '@agent-agency' }],
    messages: {
      internal: '{{source}} is the inside of {{name}}: import what {{name}} exports.',
      outside: '{{source}} leaves this package: import the other package by its name.',
    },
  },

  create(context) {
    const { scope } = context.options[0];
    const folder = dirname(context.filename);

    /** @param {any} node */
    const check = (node) => {
      const source = sourceOf(node);
      if (source === undefined) return;
      const name = internalOf(source, scope);
      if (name) context.report({ node, messageId: 'internal', data: { source, name } });
      else if (leavesPackage(source, folder))
        context.report({ node, messageId: 'outside', data: { source } });
    };

    return {
      'ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration, ImportExpression': check,
      'TSImportType, TSExternalModuleReference': check,
      'CallExpression[callee.name="require"]': check,
    };
  },
};

/**
 * The literal a module is named by, wherever the node kind keeps it.
 *
 * @param {any} node
 * @returns {string | undefined}
 */
function sourceOf(node) {
  const literal = node.source ?? node.expression ?? node.argument ?? node.arguments?.[0];
  const value = literal?.type === 'TSLiteralType' ? literal.literal.value : literal?.value;
  return typeof value === 'string' ? value : undefined;
}

/**
 * The package into whose folders a name reaches: `@scope/name/src/…`, or `dist` or `test`.
 *
 * @param {string} source
 * @param {string} scope
 */
function internalOf(source, scope) {
  const [first, name, inside] = source.split('/');
  const reaches = first === scope && ['src', 'dist', 'test'].includes(inside ?? '');
  return reaches ? `${first}/${name}` : undefined;
}

/**
 * @param {string} source
 * @param {string} folder that of the importing file
 */
function leavesPackage(source, folder) {
  if (isAbsolute(source) || source.startsWith('file:')) return true; // holds on one machine only
  const root = packageRoot(folder);
  if (root === undefined || !/^\.\.?(\/|$)/.test(source)) return false;
  const inside = relative(root, resolve(folder, source));
  return inside === '..' || inside.startsWith(`..${sep}`);
}

import { promiseOf } from '../flow/value.js';

/** @typedef {import('../flow/value.js').Value} Value */

/**
 * What pg exports that neither is a connection nor makes one. Everything else is guarded, so that an export which
 * a later pg adds is refused until somebody has looked at it.
 */
const HARMLESS = new Set([
  'DatabaseError',
  'Query',
  'Result',
  'TypeOverrides',
  'defaults',
  'escapeIdentifier',
  'escapeLiteral',
  'types',
]);

/** Members of pg's module object that are the module object again. */
const SELF = new Set(['default', 'module.exports', 'native']);

/** `pg-pool`, a file of pg, or either by its path: whatever it exports belongs to the inside of a connection. */
const INTERNAL = /^(?:.*\/node_modules\/)?(?:pg-pool|pg-native|pg)(?:\/.*)?$/;
const DATA = /^pg\/package\.json$/;

/** @type {Value} */
const pgModule = {
  name: 'the module object of pg',
  guarded: true,
  member: (name) => (SELF.has(name) ? pgModule : HARMLESS.has(name) ? undefined : opener(name)),
};

/** @type {Map<string, Value>} */
const openers = new Map();

/**
 * @param {string} name
 * @returns {Value}
 */
function opener(name) {
  const known = openers.get(name) ?? { name: `${name} of pg`, guarded: true };
  openers.set(name, known);
  return known;
}

/** @type {Map<string, Value>} */
const internals = new Map();

/**
 * @param {string} source
 * @returns {Value}
 */
function internalModule(source) {
  const known = internals.get(source);
  if (known) return known;
  const thing = { name: `what ${source} exports`, guarded: true };
  const module = { ...thing, member: () => thing };
  internals.set(source, module);
  return module;
}

/** @type {Value} */
const nodeModule = {
  name: 'node:module',
  guarded: false,
  member: (name) => (name === 'createRequire' ? createRequire : name === 'default' ? nodeModule : undefined),
};
/** @type {Value} */
const createRequire = { name: 'createRequire', guarded: false, call: () => require };
/** @type {Value} */
const require = {
  name: 'require',
  guarded: false,
  call: (call, flow) => moduleValue(flow.text(call.arguments[0])),
};

/** Globals through which a module can be loaded. @type {Record<string, Value>} */
export const globals = {
  require,
  module: { name: 'module', guarded: false, member: (name) => (name === 'require' ? require : undefined) },
};

/**
 * What loading a module gives, or undefined when the module has nothing to do with connections.
 *
 * @param {string | undefined} source
 * @returns {Value | undefined}
 */
export function moduleValue(source) {
  if (source === undefined) return undefined;
  if (source === 'node:module' || source === 'module') return nodeModule;
  if (source === 'pg') return pgModule;
  return INTERNAL.test(source) && !DATA.test(source) ? internalModule(source) : undefined;
}

/**
 * What `import(source)` gives.
 *
 * @param {string | undefined} source
 * @returns {Value | undefined}
 */
export function importedValue(source) {
  const module = moduleValue(source);
  return module && promiseOf(module);
}

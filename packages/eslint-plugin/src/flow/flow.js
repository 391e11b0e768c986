import { isHarmless, isTransparent } from './contexts.js';
import { exportedName, valueReads, variableOf } from './scopes.js';
import { createStaticText, keyName } from './static-text.js';
import { steps } from './steps.js';

/** @typedef {import('./value.js').Value} Value */

/**
 * Follows values forwards, from the expression that makes them to everything that uses them: through aliases,
 * assignments, patterns, members, `await` and type assertions. A guarded value that ends anywhere else than in a
 * use known to be harmless is handed to `onEscape`, so what the analysis does not understand is never let through.
 *
 * **Cost** linear in the number of references to the variables that hold such a value.
 */
export class Flow {
  /** @type {Map<import('eslint').Scope.Variable, Set<Value>>} */
  #followed = new Map();
  /** @type {Set<import('estree').Node>} */
  #escaped = new Set();
  #sourceCode;
  #onEscape;

  /**
   * @param {import('eslint').SourceCode} sourceCode
   * @param {(node: any, value: Value) => void} onEscape called at most once a node
   */
  constructor(sourceCode, onEscape) {
    this.#sourceCode = sourceCode;
    this.#onEscape = onEscape;
    /** The string an expression is known to have. */
    this.text = createStaticText(sourceCode);
  }

  /**
   * An expression has this value: see what its parent does with it.
   *
   * @param {any} node
   * @param {Value} value
   * @returns {void}
   */
  use(node, value) {
    const { parent } = node;
    if (isTransparent(parent, node)) return this.use(parent, value);
    const step = steps[parent.type];
    if (step) return step(this, node, value);
    if (!isHarmless(parent, node)) this.escape(node, value);
  }

  /**
   * A property of a value is read.
   *
   * @param {any} node the expression that reads it
   * @param {Value} value
   * @param {string | undefined} name undefined when only running the program tells
   * @returns {void}
   */
  useMember(node, value, name) {
    if (name === undefined || !value.member) return this.escape(node, value);
    const found = value.member(name);
    if (found) this.use(node, found);
  }

  /**
   * A pattern receives the value. Array patterns and members (`this.p = …`) put it out of sight.
   *
   * @param {any} pattern
   * @param {Value} value
   * @returns {void}
   */
  bind(pattern, value) {
    if (pattern.type === 'Identifier') return this.#bindVariable(pattern, value);
    if (pattern.type === 'AssignmentPattern') return this.bind(pattern.left, value);
    if (pattern.type !== 'ObjectPattern') return this.escape(pattern, value);
    for (const property of pattern.properties) this.#bindProperty(property, value);
  }

  /**
   * The value is used in a way that is not understood.
   *
   * @param {any} node
   * @param {Value} value
   * @returns {void}
   */
  escape(node, value) {
    if (!value.guarded || this.#escaped.has(node)) return;
    this.#escaped.add(node);
    this.#onEscape(node, value);
  }

  /**
   * Whether a function looks at `arguments`.
   *
   * @param {any} fn
   */
  readsArguments(fn) {
    const found = this.#sourceCode.scopeManager.acquire(fn, true)?.set.get('arguments');
    return (found?.references.length ?? 0) > 0;
  }

  /**
   * @param {any} property of an object pattern
   * @param {Value} value
   * @returns {void}
   */
  #bindProperty(property, value) {
    if (property.type === 'RestElement') return this.bind(property.argument, value);
    const name = keyName(property.key, property.computed, this.text);
    if (name === undefined || !value.member) return this.escape(property, value);
    const found = value.member(name);
    if (found) this.bind(property.value, found);
  }

  /**
   * @param {any} identifier
   * @param {Value} value
   * @returns {void}
   */
  #bindVariable(identifier, value) {
    const variable = variableOf(this.#sourceCode, identifier);
    if (!variable) return this.escape(identifier, value);
    const known = this.#followed.get(variable) ?? new Set();
    this.#followed.set(variable, known);
    if (known.has(value)) return; // a cycle of aliases
    known.add(value);
    const exported = exportedName(variable);
    if (exported) this.escape(exported, value);
    for (const read of valueReads(variable.references)) this.use(read, value);
  }
}

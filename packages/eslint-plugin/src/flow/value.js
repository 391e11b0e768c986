/** @typedef {import('./flow.js').Flow} Flow */

/**
 * @typedef {object} Value What a rule knows about an expression.
 * @property {string} name for the message
 * @property {boolean} guarded whether a use that is not understood has to be reported: what cannot be followed
 *   may end anywhere, so for a guarded value only uses known to be harmless pass
 * @property {(name: string) => Value | undefined} [member] what reading a property gives; undefined is harmless
 * @property {(call: import('estree').SimpleCallExpression, flow: Flow) => Value | undefined} [call] what calling it gives
 * @property {Value} [awaited] what `await` gives; a value without it awaits to itself
 */

/** @type {WeakMap<Value, Value>} */
const promises = new WeakMap();

/**
 * A promise of a value. One object a value, so that a cycle of aliases is recognised.
 *
 * @param {Value} value
 * @returns {Value}
 */
export function promiseOf(value) {
  const known = promises.get(value);
  if (known) return known;
  /** @type {Value} */
  const promise = {
    name: value.name,
    guarded: value.guarded,
    awaited: value,
    member: (name) => (name === 'then' ? then : same),
  };
  /** @type {Value} */
  const then = { name: value.name, guarded: value.guarded, call: (call, flow) => settle(call, flow, value) };
  /** `catch` and `finally` hand the value on. @type {Value} */
  const same = { name: value.name, guarded: value.guarded, call: () => promise };
  promises.set(value, promise);
  return promise;
}

/**
 * `.then(callback)`: the callback's first parameter receives the value. What the callback returns needs no
 * thought here, because returning a guarded value is an escape of its own.
 *
 * @param {import('estree').SimpleCallExpression} call
 * @param {Flow} flow
 * @param {Value} value
 * @returns {undefined}
 */
function settle(call, flow, value) {
  const [callback] = call.arguments;
  const inline = callback?.type === 'ArrowFunctionExpression' || callback?.type === 'FunctionExpression';
  if (!inline || flow.readsArguments(callback)) {
    flow.escape(call, value);
    return;
  }
  if (callback.params[0]) flow.bind(callback.params[0], value);
}

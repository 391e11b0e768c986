/**
 * The one way to write a value as JSON: members sorted, no white space (RFC 8785). Numbers are whole ones.
 *
 * @throws {TypeError} for what has no such form: undefined, fractions, whole numbers above 2^53, halves of characters.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return String(value);
    throw new TypeError('a number in a signed document has to be a whole one, below 2^53');
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`${typeof value} has no place in a signed document`);
  const members = Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${text(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

function text(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('a text in a signed document has to be whole characters');
  return JSON.stringify(value);
}

/** The largest content that a node has. **Units** bytes of canonical JSON. */
export const maxContentBytes = 1_048_576;

/** Canonical JSON writes U+0000 as \u0000, and a backslash before it as two: an odd number of them is the escape. */
const nulEscape = /(?<!\\)(?:\\\\)*\\u0000/;

/** What canonical JSON may be and a node's content may not; undefined when it is fit. */
export function whyUnfit(canonicalBytes: Uint8Array, text: string): string | undefined {
  if (canonicalBytes.length > maxContentBytes)
    return `must not be longer than ${String(maxContentBytes)} bytes: record its digest (describeContent)`;
  // The database keeps a copy as jsonb, which has no NUL.
  return nulEscape.test(text) ? 'must not contain NUL' : undefined;
}

/**
 * Canonical form of a name, as `normalize_entity_name()` computes it in the database: NFKC, trimmed, single spaces,
 * lower case. Two names with one canonical form are one capability of an agent.
 *
 * The database's value is the authority. The two agree on every character that the server's Unicode version assigns,
 * if its `LC_CTYPE` is a UTF-8 locale of the C library or PostgreSQL's own `C.UTF-8`; an ICU locale treats İ and a Σ at
 * the end of a word as Unicode's full case mapping does. Nothing here depends on it: what is stored is compared by the
 * database, and results carry this function's value.
 *
 * @example
 * canonicalName('  Type\tScript ') // => 'type script'
 */
export function canonicalName(name: string): string {
  // Most names: a tenth of the time.
  if (TIDY_ASCII.test(name)) return name.toLowerCase();
  return (
    name
      .normalize('NFKC')
      // The white space that NFKC leaves; the database lists the same.
      .replace(/[\t-\r \u0085\u1680\u2028\u2029]+/g, ' ')
      .replace(/^ | $/g, '')
      // PostgreSQL maps letter by letter; toLowerCase() makes İ two letters, and a Σ that ends a word ς.
      .replaceAll('İ', 'i')
      .replaceAll('Σ', 'σ')
      .toLowerCase()
  );
}

const TIDY_ASCII = /^[!-~]+(?: [!-~]+)*$/;

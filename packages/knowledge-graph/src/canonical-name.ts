/**
 * Canonical form of a name, as `normalize_entity_name()` computes it in the database: NFKC, trimmed, single spaces,
 * lower case. Two names with one canonical form are one capability of an agent.
 *
 * @example
 * canonicalName('  Type\tScript ') // => 'type script'
 */
export function canonicalName(name: string): string {
  // The same white space as PostgreSQL's \s on ASCII; other spaces are ordinary ones after NFKC.
  return name
    .normalize('NFKC')
    .replace(/^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g, '')
    .replace(/[ \t\n\r\f\v]+/g, ' ')
    .toLowerCase();
}

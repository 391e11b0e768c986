/** SQL without comments, and with nothing between the quotes of texts and bodies. */
export function withoutLiterals(sql: string): string {
  return sql.replaceAll(/--[^\n]*|'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1/g, (match) =>
    match.startsWith('--') ? '' : `''`,
  );
}

/** The statements of a text without literals. The bodies of `begin atomic` stay with their function. */
export function statementsOf(sql: string): string[] {
  return sql
    .replaceAll(/begin atomic[\s\S]*?\nend;/g, (body) => `${body.replaceAll(';', ' ')};`)
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/** The parts between commas that are in no parentheses within `list`. */
export function partsOf(list: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const letter of list) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (letter === ',' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${letter}`);
  }
  return parts.map((part) => part.trim());
}

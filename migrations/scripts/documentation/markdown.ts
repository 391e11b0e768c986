/**
 * A table; cells are single lines. Columns are not padded: a longer cell would change every line, and a page of half a
 * megabyte is more than GitHub shows.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text in the typeface of code, also with backticks in it; nothing for no text. */
export function code(text: string | null): string {
  if (text === null || text === '') return '';
  const oneLine = text.replaceAll(/\s+/g, ' ');
  return oneLine.includes('`') ? `\`\` ${oneLine} \`\`` : `\`${oneLine}\``;
}

/** Several of them with commas. */
export function codes(texts: readonly string[]): string {
  return texts.map(code).join(', ');
}

/** Text of a comment: what is between backticks is code, and nothing else in it is taken for markdown. */
export function prose(text: string | null): string {
  return (text ?? '')
    .replaceAll(/\s+/g, ' ')
    .split(/(`[^`]*`)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll(/[\\`*[\]<>#~]|(?<!\w)_|_(?!\w)/g, '\\$&')))
    .join('');
}

/** The parts that say something, with blank lines between them. */
export function paragraphs(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

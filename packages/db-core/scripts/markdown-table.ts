/** A table as prettier formats it: every column as wide as its widest cell. Cells are single lines. */
export function markdownTable(...rows: readonly (readonly string[])[]): string {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const [header = [], ...body] = escaped;
  const widths = header.map((_, column) => Math.max(3, ...escaped.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[], filler: string): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, filler)).join(' | ')} |`;
  return [line(header, ' '), line([], '-'), ...body.map((row) => line(row, ' '))].join('\n');
}

/** Comments, texts, names in quotes, bodies between dollars: a semicolon in there ends nothing. */
const OPAQUE =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\be'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<tag>\$(?:[a-z_]\w*)?\$)[\s\S]*?\k<tag>/;
/** What opens and closes the body of a function that is written in SQL, and what else ends with `end` in there. */
const BLOCK = /\bbegin\s+atomic\b|\bcase\b|\bend\b/;
const TOKEN = new RegExp(`${OPAQUE.source}|${BLOCK.source}|;`, 'gi');

/** The statements of an SQL text, each without its semicolon and without the blanks and comments around it. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let [start, depth] = [0, 0];
  for (const { 0: token, index } of sql.matchAll(TOKEN)) {
    if (token !== ';') depth = depthAfter(token.toLowerCase(), depth);
    else if (depth === 0) {
      statements.push(sql.slice(start, index));
      start = index + 1;
    }
  }
  return [...statements, sql.slice(start)].map(withoutFrame).filter((statement) => statement !== '');
}

/** `case` and `end` count within a body only: elsewhere no semicolon is between them. */
function depthAfter(token: string, depth: number): number {
  if (token.startsWith('begin')) return depth + 1;
  if (depth > 0 && token === 'case') return depth + 1;
  return depth > 0 && token === 'end' ? depth - 1 : depth;
}

function withoutFrame(statement: string): string {
  return statement.replace(/^(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/, '').trimEnd();
}

const WORD = String.raw`[\p{L}_][\p{L}\p{N}_$]*`;
const NAME = `(?:"(?:[^"]|"")+"|${WORD})`;

/** What a statement is made of. White space, comments and values are skipped: what has no name cannot be told on. */
const TOKEN = new RegExp(
  [
    String.raw`\s+|--[^\n\r]*`,
    String.raw`(?<comment>/\*)`,
    // Strings, which end with the text where nothing else ends them, and so does a quoted name that nothing ends.
    String.raw`[eE]'(?:[^'\\]|\\[^]|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)`,
    String.raw`\$(?<tag>|[\p{L}_][\p{L}\p{N}_]*)\$[^]*?(?:\$\k<tag>\$|$)`,
    String.raw`\$?\d[\p{L}\p{N}_.]*`,
    String.raw`(?<name>${NAME}(?:\s*\.\s*${NAME})*)`,
    String.raw`"[^]*`,
    String.raw`(?<symbol>[^])`,
  ].join('|'),
  'yu',
);

const COMMENT_EDGE = /\/\*|\*\//g;

/** The names (`app."Odd name"` is one), keywords and single symbols of a statement, in order; none of its values. */
export function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const { comment, name, symbol } = match.groups ?? {};
    if (comment !== undefined) TOKEN.lastIndex = endOfComment(text, match.index);
    const token = name ?? symbol;
    if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

/** PostgreSQL's comments nest. */
function endOfComment(text: string, start: number): number {
  let depth = 0;
  COMMENT_EDGE.lastIndex = start;
  for (let edge = COMMENT_EDGE.exec(text); edge !== null; edge = COMMENT_EDGE.exec(text)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return COMMENT_EDGE.lastIndex;
  }
  return text.length;
}

import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';
import type { Node, ParseResult } from '@pgsql/types';
import { Source } from './source.ts';

/** One statement of a file. Offsets are bytes. */
export interface Statement {
  readonly node: Node;
  /** Where its first word stands. */
  readonly at: number;
  /** Where its range begins, with the comments before it. */
  readonly from: number;
  readonly to: number;
}

export interface ParsedFile {
  readonly source: Source;
  readonly statements: readonly Statement[];
  /** What PostgreSQL's parser refuses, with the byte where it noticed; then there are no statements. */
  readonly syntaxError?: { readonly at: number; readonly message: string };
}

/** Loads the parser, which is WebAssembly; once is enough. */
export async function loadParser(): Promise<void> {
  await loadModule();
}

/** Reads a file as PostgreSQL itself would. `loadParser` comes first. */
export function parseFile(text: string): ParsedFile {
  const source = new Source(text);
  try {
    // The parser's door calls an empty text an error; PostgreSQL does not.
    const { stmts = [] } = parseSync(`${text};`) as ParseResult;
    return {
      source,
      statements: stmts.flatMap(({ stmt, stmt_location: from = 0, stmt_len: length }) => {
        if (stmt === undefined) return [];
        const to = length === undefined ? Buffer.byteLength(text) : from + length;
        return [{ node: stmt, from, to, at: from + blankLength(source.slice(from, to)) }];
      }),
    };
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    const { message, cursorPosition } = error.sqlDetails;
    return { source, statements: [], syntaxError: { at: source.byteOfCharacter(cursorPosition), message } };
  }
}

/** Bytes of blanks and comments that a text begins with. Block comments nest in PostgreSQL. */
function blankLength(text: string): number {
  let at = 0;
  for (;;) {
    const rest = text.slice(at);
    const blank = /^(?:\s+|--[^\n]*)/.exec(rest)?.[0].length ?? blockCommentLength(rest);
    if (blank === 0) return Buffer.byteLength(text.slice(0, at));
    at += blank;
  }
}

function blockCommentLength(text: string): number {
  if (!text.startsWith('/*')) return 0;
  let depth = 0;
  for (const { 0: mark, index } of text.matchAll(/\/\*|\*\//g)) {
    depth += mark === '/*' ? 1 : -1;
    if (depth === 0) return index + mark.length;
  }
  return text.length;
}

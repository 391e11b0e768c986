import { readFile } from 'node:fs/promises';

/** A block of a document that somebody types, and what is printed below it. */
export interface RunbookBlock {
  readonly language: 'sh' | 'sql';
  /** Its first line, a comment; names it. */
  readonly caption: string;
  readonly code: string;
  /** The block of text that follows; undefined where there is none. */
  readonly expected: string | undefined;
}

const BLOCK = /^```(?<language>\w+)\n(?<code>[\s\S]*?)^```$(?:\n\n```text\n(?<expected>[\s\S]*?)^```$)?/gm;

/** Every fenced block of a document in `docs/` but those of text, in their order; throws at a language nobody types. */
export async function readRunbook(path: string): Promise<RunbookBlock[]> {
  const text = await readFile(new URL(`../../../../docs/${path}`, import.meta.url), 'utf8');
  return [...text.matchAll(BLOCK)].map(({ groups = {} }) => {
    const { language = '', code = '', expected } = groups;
    if (language !== 'sh' && language !== 'sql') throw new Error(`${path} has a block of "${language}"`);
    return { language, caption: /^(?:--|#) (.*)/.exec(code)?.[1] ?? '', code, expected };
  });
}

/** What was printed, against what a document says: `…` is anything in a line, and a line of nothing else any lines. */
export function printedPattern(expected: string): RegExp {
  const lines = linesOf(expected).map((line) =>
    line === '…' ? '(?:.*\n)*?' : `${line.split('…').map(escapePattern).join('.*')}\n`,
  );
  return new RegExp(`^${lines.join('')}$`);
}

/** Without the width of columns, which follows the widest value, and without empty lines. */
export function normalisePrinted(text: string): string {
  return linesOf(text)
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').replaceAll(/-{2,}/g, '--').trim())
    .filter((line) => line !== '');
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

import { readFile } from 'node:fs/promises';

/** A code block of a document. */
export interface Block {
  readonly language: string;
  /** Its first line, a comment; names it among all blocks of the document. */
  readonly caption: string;
  readonly code: string;
}

/** What stands below a heading of the second level. */
export interface Section {
  readonly title: string;
  /** Without its code blocks. */
  readonly prose: string;
  readonly blocks: readonly Block[];
}

const BLOCK = /^```(?<language>\w+)\n(?<code>[\s\S]*?)^```$/gm;

/** The sections of a Markdown document in `docs/`. */
export async function readSections(path: string): Promise<Section[]> {
  const text = await readFile(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      title: section.slice(0, section.indexOf('\n')),
      prose: section.replaceAll(BLOCK, ''),
      blocks: [...section.matchAll(BLOCK)].map(({ groups }) => toBlock(groups ?? {})),
    }));
}

function toBlock({ language = '', code = '' }: Readonly<Record<string, string>>): Block {
  return { language, caption: /^(?:--|\/\/|#) (.*)/.exec(code)?.[1] ?? '', code };
}

/** Names in backticks of a paragraph that begins with a word in bold, and which of them it says are not. */
export function indexesNamed(prose: string): { used: string[]; unused: string[] } {
  const names = (word: string): string[] =>
    [...prose.matchAll(new RegExp(`^\\*\\*${word}\\*\\*[\\s\\S]*?(?=\\n\\n|$(?![\\s\\S]))`, 'gm'))].flatMap(
      ([paragraph]) => [...paragraph.matchAll(/`(\w+)`/g)].map(([, name = '']) => name).filter(isIndexName),
    );
  return { used: names('Served by'), unused: names('Not by') };
}

function isIndexName(name: string): boolean {
  return /^(?:idx|unique)_|_(?:pkey|key)$/.test(name);
}

/** How many parameters a statement takes. One that is prepared gets its own later. */
export function countParameters(statement: string): number {
  if (/^prepare\b/.test(statement)) return 0;
  return Math.max(0, ...[...statement.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
}

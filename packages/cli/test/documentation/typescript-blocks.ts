import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** This package's folder: what the documents import is resolved from there, as it depends on all the others. */
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** A TypeScript block of a document; its first line, a comment, names it. */
export interface TypeScriptBlock {
  readonly caption: string;
  readonly code: string;
}

/** What the constants of blocks are, by caption and name. */
export type Answers = Readonly<Record<string, unknown>>;

/** The TypeScript blocks of a document in `docs/`. */
export async function readTypeScriptBlocks(path: string): Promise<TypeScriptBlock[]> {
  const text = await readFile(new URL(`../../../../docs/${path}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```ts\n\/\/ (.*)\n([\s\S]*?)^```$/gm)].map(([, caption = '', code = '']) => ({
    caption,
    code,
  }));
}

/**
 * Runs blocks one after another as one program: the first sets up what the others use, and each of the others has its
 * constants to itself.
 */
export async function runBlocks(
  blocks: readonly TypeScriptBlock[],
  env: Readonly<Record<string, string>>,
): Promise<Answers> {
  const flags = ['--conditions=@agent-agency/source', '--input-type=module-typescript', '--eval'];
  const { stdout } = await run(process.execPath, [...flags, programOf(blocks)], { cwd: PACKAGE, env });
  return JSON.parse(stdout) as Answers;
}

const IMPORT = /^import (?<names>[\s\S]*?) from '(?<module>[^']+)';\n/gm;

function programOf([setUp, ...blocks]: readonly TypeScriptBlock[]): string {
  const bodies = blocks.map(({ caption, code }) => {
    const body = code.replaceAll(IMPORT, `const $<names> = await import('$<module>');\n`);
    const names = [...body.matchAll(/^const (?:\[?)(\w+)/gm)].map(([, name]) => name).join(', ');
    return `answers[${JSON.stringify(caption)}] = await (async () => {\n${body}\nreturn { ${names} };\n})();`;
  });
  return `
${setUp?.code ?? ''}
const answers = {};
${bodies.join('\n')}
await manager.shutdown();
const toText = (_, value) => (typeof value === 'bigint' ? String(value) : value);
process.stdout.write(JSON.stringify(answers, toText));
`;
}

/** A fenced block of a README that claims to be a runnable module. */
export interface Example {
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly code: string;
}

const fence = /^```(?:ts|typescript)\b(?<info>[^\n]*)\n(?<code>.*?)^```\s*$/gms;
const ownImport = /\bfrom\s+['"]@agent-agency\//;

/**
 * The TypeScript blocks of a README that are examples: those marked `ts example`, and those that import from this
 * workspace, because only a module does. Other blocks show a signature or a fragment.
 */
export function examplesOf(markdown: string): Example[] {
  return [...markdown.matchAll(fence)].flatMap(({ index, groups }) => {
    const { info = '', code = '' } = groups ?? {};
    if (!/\bexample\b/.test(info) && !ownImport.test(code)) return [];
    return [{ line: markdown.slice(0, index).split('\n').length, code }];
  });
}

import { shown } from '../sql/names.ts';
import { onConstraints, type FileContext, type Problem, type Rule } from './rule.ts';

/** PostgreSQL cuts a name off here; so does its parser, which leaves the text to tell. */
const LONGEST_NAME = 63;

function cutNames({ source, statements }: FileContext): readonly Problem[] {
  return statements.flatMap(({ at, to }) => {
    const text = source.slice(at, to);
    return [...code(text).matchAll(/[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+"/gu)].flatMap(
      ({ 0: word, index }) => {
        const name = word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word;
        if (Buffer.byteLength(name) <= LONGEST_NAME) return [];
        return [
          {
            at: at + Buffer.byteLength(text.slice(0, index)),
            message: `${name} has ${String(Buffer.byteLength(name))} bytes`,
          },
        ];
      },
    );
  });
}

/** The text with blanks for literals, bodies and comments, each as long as what it stands for. */
function code(text: string): string {
  return text.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1/g, (part) =>
    ' '.repeat(part.length),
  );
}

export const nameRules: readonly Rule[] = [
  {
    name: 'name-too-long',
    severity: 'error',
    what: 'A name has more than 63 bytes.',
    why: 'PostgreSQL cuts it off and says so in a notice only; two long names may become one.',
    instead: 'A shorter name.',
    isForDown: true,
    file: cutNames,
  },
  {
    name: 'unnamed-constraint',
    severity: 'error',
    what: 'A key, reference or check has no name of ours.',
    why: 'Errors are mapped by the name, and a later file has to guess what PostgreSQL called it.',
    instead: '`constraint <table>_<column>_<check|key|fkey> …`',
    on: onConstraints(({ kind, name }, table) =>
      name === undefined ? `a ${kind} constraint of ${shown(table)} has no name` : undefined,
    ),
  },
  {
    name: 'unnamed-index',
    severity: 'error',
    what: 'An index has no name of ours.',
    why: 'A later file has to guess what PostgreSQL called it.',
    instead: '`create index idx_<table>_<columns> on …`',
    on: {
      'create index': ({ index: { name, table } }) =>
        name === undefined ? `an index of ${shown(table)} has no name` : undefined,
    },
  },
  {
    name: 'if-not-exists',
    severity: 'error',
    what: '`if not exists` or `if exists`.',
    why: 'A file runs once. Where the object is there already, it may be another one, and the file goes on as if it were not.',
    instead: 'Leave it out: a file that meets what it did not expect has to fail.',
    isForDown: true,
    on: { 'if not exists': ({ what }) => `${what}: the journal knows what exists` },
  },
];

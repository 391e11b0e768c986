import type { MadeObject, Step } from '../history.ts';
import { code, codes, paragraphs, prose } from './markdown.ts';

const PLURALS: Readonly<Record<MadeObject['kind'], string>> = {
  table: 'tables',
  view: 'views',
  'materialized view': 'materialized views',
  type: 'types',
  function: 'functions',
  index: 'indexes',
  trigger: 'triggers',
  policy: 'policies',
};

/** Of these there are too many to name, and the tables' sections have them. */
const COUNTED: readonly MadeObject['kind'][] = ['index', 'trigger', 'policy'];

/** File by file: what it is for, and what it made. */
export function migrationOrder(steps: readonly Step[]): string {
  return paragraphs(
    ...steps.map(({ name, purpose, made }) =>
      paragraphs(`### ${code(`${name}.sql`)}`, prose(purpose), makes(made)),
    ),
  );
}

function makes(made: readonly MadeObject[]): string {
  const lines = (Object.keys(PLURALS) as MadeObject['kind'][]).flatMap((kind) => {
    const names = made.filter((object) => object.kind === kind).map(({ name }) => name);
    if (names.length === 0) return [];
    return COUNTED.includes(kind)
      ? [`- ${names.length} ${names.length === 1 ? kind : PLURALS[kind]}`]
      : [`- ${PLURALS[kind]}: ${codes(names)}`];
  });
  return lines.join('\n');
}

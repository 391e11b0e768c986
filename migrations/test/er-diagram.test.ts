import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../scripts/catalogue/catalogue.ts';
import type { Constraint } from '../scripts/catalogue/constraints.ts';
import { erDiagrams } from '../scripts/documentation/er-diagram.ts';

type Key = Pick<Constraint, 'table' | 'kind' | 'columns'> & { target?: string };

/** A catalogue of tables, their columns as `name type`, with `?` at the end of one that may be null, and their keys. */
function catalogueOf(tables: Readonly<Record<string, readonly string[]>>, keys: readonly Key[]): Catalogue {
  const columns = Object.entries(tables).flatMap(([relation, list]) =>
    list.map((words) => {
      const [, name = '', type = '', mark] = /^(\S+) (.*?)(\?)?$/.exec(words) ?? [];
      return { relation, name, type, isNullable: mark === '?', fill: null, comment: null };
    }),
  );
  const constraints = keys.map(({ target = null, ...key }, at) => ({
    ...key,
    name: `key_${at}`,
    definition: '',
    target,
    targetColumns: [],
    onDelete: null,
  }));
  const nothing = {
    relations: [],
    rights: [],
    indexes: [],
    policies: [],
    triggers: [],
    routines: [],
    enumerations: [],
  };
  return { ...nothing, columns, constraints };
}

const primary = (table: string, ...columns: string[]): Key => ({ table, kind: 'primary key', columns });
const foreign = (table: string, target: string, ...columns: string[]): Key => ({
  table,
  kind: 'foreign key',
  columns,
  target,
});

const library = catalogueOf(
  {
    author: ['tenant_id varchar(255)', 'id uuid', 'name text'],
    book: ['tenant_id varchar(255)', 'id uuid', 'author_id uuid', 'editor_id uuid?', 'price numeric(3, 2)'],
    cover: ['tenant_id varchar(255)', 'book_id uuid', 'weight double precision'],
    loan: ['tenant_id varchar(255)', 'book_id uuid', 'day date'],
    reader: ['tenant_id varchar(255)', 'id uuid'],
  },
  [
    ...['author', 'book', 'reader'].map((table) => primary(table, 'tenant_id', 'id')),
    primary('cover', 'tenant_id', 'book_id'),
    foreign('book', 'author', 'tenant_id', 'author_id'),
    foreign('book', 'author', 'tenant_id', 'editor_id'),
    foreign('cover', 'book', 'tenant_id', 'book_id'),
    primary('loan', 'tenant_id', 'book_id', 'day'),
    foreign('loan', 'book', 'tenant_id', 'book_id'),
    foreign('book', 'tenants', 'tenant_id'),
  ],
);

describe('erDiagrams', () => {
  it('draws keys, and how many rows are at either end', () => {
    expect(erDiagrams(library, ['author', 'book', 'cover', 'loan', 'reader'])).toEqual([
      `\`\`\`mermaid
erDiagram
  "author" {
    varchar(255) tenant_id PK
    uuid id PK
  }
  "book" {
    varchar(255) tenant_id PK, FK
    uuid id PK
    uuid author_id FK
    uuid editor_id FK
  }
  "cover" {
    varchar(255) tenant_id PK, FK
    uuid book_id PK, FK
  }
  "loan" {
    varchar(255) tenant_id PK, FK
    uuid book_id PK, FK
    date day PK
  }
  "author" ||--o{ "book" : "author_id"
  "author" |o--o{ "book" : "editor_id"
  "book" ||--o| "cover" : "book_id"
  "book" ||--o{ "loan" : "book_id"
\`\`\``,
    ]);
  });

  it('draws a table of elsewhere as an empty box', () => {
    const [diagram] = erDiagrams(library, ['cover']);
    expect(diagram).toContain('"book" ||--o| "cover" : "book_id"');
    expect(diagram).not.toContain('"book" {');
  });

  it('draws nothing for tables that hang together with no other', () => {
    expect(erDiagrams(library, ['reader'])).toEqual([]);
  });

  it('draws tables that hang together apart from others', () => {
    const two = catalogueOf(
      { a: ['b numeric(3, 2)'], b: ['id uuid'], c: ['d double precision'], d: ['id uuid'] },
      [foreign('a', 'b', 'b'), foreign('c', 'd', 'd')],
    );
    const diagrams = erDiagrams(two, ['a', 'b', 'c', 'd']);
    expect(diagrams).toHaveLength(2);
    // Mermaid's types are one word without commas.
    expect(diagrams[0]).toContain('    numeric b FK');
    expect(diagrams[1]).toContain('    double_precision d FK');
  });
});

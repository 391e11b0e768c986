import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { connect } from '@agent-agency/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalName } from '../../src/index.ts';

const app = useApplication(testDatabase());

async function ask<Row>(query: string, ...values: unknown[]): Promise<Row[]> {
  const session = await connect(app.database.url);
  try {
    return (await session.query(query, values)).rows as Row[];
  } finally {
    await session.close();
  }
}

const anyOf = (characters: string) => fc.constantFrom(...Array.from(characters));

/** Characters that canonical forms turn on, with plain ones around them. */
const letter = fc.oneof(
  { weight: 3, arbitrary: anyOf('aVvZz09_-.+#/') },
  {
    weight: 3,
    arbitrary: anyOf(' \t\n\r\f\v\u00a0\u2003\u3000\u1680\u2028\u2029\u0085\u180e\u200b\ufeff'),
  },
  { weight: 3, arbitrary: anyOf('İıIiΣσςßẞÅÉǅǄΐŉﬁﷺºªſK') },
  {
    weight: 2,
    arbitrary: anyOf('\u0301\u0307\u0308\u0323\u0327\u0345\u05b0\u3099\u1161\u11a8가'),
  },
  { weight: 1, arbitrary: anyOf('שּׁלא\u202e\u200f\u2066🧪👩\u200d🔬𝔸𐐀') },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((text) => text !== '\0'),
  },
);

describe('canonicalName', () => {
  it('equals normalize_entity_name() for every character that the server knows', async () => {
    // Before a letter and after one: some scripts write the last letter of a word otherwise.
    const rows = await ask<{ name: string; canonical: string }>(`
      select name, normalize_entity_name(name) as canonical
      from generate_series(1, 1114111) as code_point -- surrogates are none
      cross join lateral (values (chr(code_point) || 'B'), ('A' || chr(code_point))) as given (name)
      where case when code_point between 55296 and 57343 then false else unicode_assigned(chr(code_point)) end
    `);
    expect(rows.length).toBeGreaterThan(500_000);
    const different = rows.filter((row) => canonicalName(row.name) !== row.canonical);
    expect(different).toEqual([]);
  });
  it('equals normalize_entity_name() for strings of all kinds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: letter, maxLength: 24 }), { minLength: 200, maxLength: 200 }),
        async (names) => {
          const rows = await ask<{ name: string; canonical: string }>(
            `select name, normalize_entity_name(name) as canonical
             from unnest($1::text[]) as name
             where unicode_assigned(name)`,
            names,
          );
          expect(rows.length).toBeGreaterThan(0);
          for (const row of rows) {
            expect({ name: row.name, canonical: canonicalName(row.name) }).toEqual(row);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
  it('may differ only for characters that the server does not know, which it leaves as they are', async () => {
    const changed = await ask(`
      select chr(code_point) as name
      from generate_series(1, 1114111) as code_point
      where case
        when code_point between 55296 and 57343 then false
        else not unicode_assigned(chr(code_point)) and normalize_entity_name(chr(code_point)) <> chr(code_point)
      end
    `);
    expect(changed).toEqual([]);
  });
});

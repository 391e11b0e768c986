import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { querySummary } from '../../src/telemetry/query-summary.ts';

/** Pieces that a tokenizer could take for the end of a value, and for a name behind it. */
const value = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", '"', '\\', '$', '$$', '/*', '*/', '--', '\n', ' from secret '),
      fc.string(),
    ),
  )
  .map((pieces) => pieces.join(''));

describe('querySummary', () => {
  it.each<[string, (value: string) => string]>([
    ['a string', (text) => `'${text.replaceAll("'", "''")}'`],
    ['an escaped string', (text) => `e'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`],
    ['a dollar-quoted string', (text) => `$q$${text.replaceAll('$q', '')}$q$`],
    ['an alias', (text) => `1 as "${text.replaceAll('"', '""')}x"`],
  ])('does not depend on the text of %s', (_, quoted) => {
    fc.assert(
      fc.property(value, (text) => {
        expect(querySummary(`select ${quoted(text)} from t`)).toBe('select t');
      }),
    );
  });

  it('answers every text', () => {
    fc.assert(
      fc.property(value, (text) => {
        expect(querySummary(text).length).toBeLessThanOrEqual(255);
      }),
    );
  });
});

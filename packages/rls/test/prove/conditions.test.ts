import { describe, expect, it } from 'vitest';
import { withoutConditions } from '../../src/prove/mutants/condition-mutants.ts';

const withouts = (definition: string): string[] =>
  withoutConditions(definition).map(({ without }) => without);

describe('withoutConditions', () => {
  it('makes each operand of a conjunction true, one at a time', () => {
    expect(withoutConditions('select 1 from t where a = 1 and b = (2) ;')).toEqual([
      { without: 'a = 1', sql: 'select 1 from t where true  and b = (2) ;' },
      { without: 'b = (2)', sql: 'select 1 from t where a = 1 and true ;' },
    ]);
  });

  it('takes off the bracket that PostgreSQL writes around the whole', () => {
    expect(withouts('SELECT 1 FROM t WHERE ((a = 1) AND (b OR (c AND d)));')).toEqual([
      '(a = 1)',
      '(b OR (c AND d))',
    ]);
  });

  it('ends with the query that it belongs to', () => {
    expect(withouts('select array(select 1 from t where a and b) where c')).toEqual(['a', 'b', 'c']);
    expect(withouts('select 1 from t where a\n  and b\n  order by c and d')).toEqual(['a', 'b']);
    expect(withouts('select 1 from t where a and b\n$function$')).toEqual(['a', 'b']);
  });
});

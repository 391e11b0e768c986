import { describe, expect, it } from 'vitest';
import { describeProof, isProof, matrixOf, type Cell, type Proof } from '../../src/index.ts';

const cell = (fields: Partial<Cell> = {}): Cell => ({
  ...{
    subject: 'things',
    verb: 'select',
    actor: 'app: own',
    expected: '{"proof-own": 1}',
    actual: '{"proof-own": 1}',
  },
  ...fields,
});
const proofOf = (...cells: Cell[]): Proof => ({
  catalogue: { relations: [], routines: [] },
  cells,
  coverage: { tried: cells.length, excused: [], missing: [] },
});

describe('isProof', () => {
  it('is so when every cell is what the model expects', () => {
    expect(isProof(proofOf(cell()))).toBe(true);
  });

  it.each([
    ['a cell is something else', proofOf(cell({ actual: '{"proof-other": 1}' }))],
    ['an error tells of another tenant', proofOf(cell({ leak: 'proof-other' }))],
    [
      'something is not proven',
      { ...proofOf(cell()), coverage: { tried: 1, excused: [], missing: ['things'] } },
    ],
    [
      'a mutant survives',
      {
        ...proofOf(cell()),
        mutants: [{ mutant: { subject: 'things', kind: 'grant', what: 'all', sql: [] } }],
      },
    ],
    [
      'an excuse is stale',
      {
        ...proofOf(cell()),
        mutants: [
          {
            mutant: { subject: 'things', kind: 'grant', what: 'all', sql: [] },
            killedBy: cell(),
            equivalent: 'nobody notices',
          },
        ],
      },
    ],
  ] as const)('is not so when %s', (_, proof) => {
    expect(isProof(proof)).toBe(false);
  });
});

describe('matrixOf', () => {
  it('puts contexts together in which everything comes to the same', () => {
    const { columns, relations } = matrixOf([
      cell(),
      cell({ actor: 'app: none', actual: '{}', expected: '{}' }),
      cell({ actor: 'app: forged', actual: '{}', expected: '{}' }),
      cell({ actor: 'app: suspended', actual: 'refused AATSU', expected: 'refused AATSU' }),
    ]);
    const own = columns.findIndex(({ contexts }) => contexts.includes('own'));
    const none = columns.findIndex(({ contexts }) => contexts.includes('none'));
    const suspended = columns.findIndex(({ contexts }) => contexts.includes('suspended'));
    expect(columns[none]?.contexts).toEqual(['none', 'forged']);
    const letters = relations.find(({ role }) => role === 'app')?.letters.map((it) => it.trim());
    expect([letters?.[own], letters?.[none], letters?.[suspended]]).toEqual(['o', '·', 's']);
  });

  it('shows what is not expected, whatever it is', () => {
    const { relations } = matrixOf([cell({ actual: '{"proof-other": 1}' })]);
    expect(relations[0]?.letters.join('').trim()).toBe('!');
  });
});

describe('describeProof', () => {
  it('says what differs, and what was expected', () => {
    expect(describeProof(proofOf(cell({ actual: '{}' })))).toContain(
      'DIFFERENT select of things as app: own: {}, and the model says {"proof-own": 1}',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { classFigures } from '../../vectors/audit.ts';
import { mark, recallFigures } from '../../vectors/examiner.ts';
import type { Question } from '../../vectors/questions.ts';
import { zipfTenants } from '../../vectors/tenants.ts';

const question = (nearest: string[]): Question => ({
  tenant: { id: 'a', place: 0, vectors: 10 },
  embedding: new Float32Array(),
  nearest,
});

describe('mark', () => {
  it.each([
    [['a', 'b'], 1, 1],
    [['b', 'a'], 1, 1],
    [['a'], 0.5, 0.5],
    [['a', 'x'], 0.5, 1],
    [[], 0, 0],
  ])('gives %j a recall of %s and a completeness of %s', (answer, recall, completeness) => {
    expect(mark(question(['a', 'b']), answer)).toMatchObject({ recall, completeness });
  });
});

describe('recallFigures', () => {
  it('has the mean, and that of the worst tenth', () => {
    const marks = Array.from({ length: 20 }, (_, at) => ({
      ...{ question: question([]), completeness: 1, recall: at === 7 ? 0 : at === 8 ? 0.5 : 1 },
    }));
    expect(recallFigures(marks)).toEqual({ recallAt10: 0.925, worstDecile: 0.25 });
  });
});

describe('classFigures', () => {
  it('lets no tenant hide behind the mean', () => {
    const tenant = (tenantId: string, recall: number) => ({ tenantId, recall, isComplete: true });
    const figures = classFigures([
      { ...tenant('a', 1), plan: 'scan' },
      { ...tenant('b', 0.5), plan: 'scan' },
      { ...tenant('c', 0.9), plan: 'graph' },
    ]);
    expect(figures).toEqual({
      ...{ scanTenants: 2, scanRecall: 0.75, scanLeastRecall: 0.5 },
      ...{ graphTenants: 1, graphRecall: 0.9, graphLeastRecall: 0.9 },
    });
  });
});

describe('zipfTenants', () => {
  it('makes the n-th a share of 1/n of the first', () => {
    const sizes = zipfTenants('x', 3, 1100).map(({ vectors }) => vectors);
    expect(sizes).toEqual([600, 300, 200]);
  });
});

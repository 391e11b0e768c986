import { describe, expect, it } from 'vitest';
import { Examination } from '../../tenant-overhead/examination.ts';
import type { Asker } from '../../tenant-overhead/askers.ts';

const statement = {
  name: 'example',
  text: 'select',
  valuesOf: (id: string) => [id],
  labelOf: (id: string) => `label of ${id}`,
};

const examine = (ask: Asker['ask']) =>
  new Examination({ ask, close: () => Promise.resolve() }, statement, ['a', 'b']);

const right: Asker['ask'] = (_text, [id]) => Promise.resolve([{ label: `label of ${id ?? ''}` }]);

describe('Examination.round', () => {
  it('takes the time of every statement', async () => {
    const examination = examine(right);
    expect((await examination.round()).latenciesMs).toHaveLength(2);
    expect(examination.isFaultless).toBe(true);
  });

  it.each<[string, Asker['ask']]>([
    ['no row', () => Promise.resolve([])],
    ['another row', () => Promise.resolve([{ label: 'label of a' }])],
    ['a row too many', async (...given) => [...(await right(...given)), { label: 'x' }]],
  ])('notices %s', async (_, ask) => {
    const examination = examine(ask);
    await examination.round();
    expect(examination.isFaultless).toBe(false);
  });
});

describe('Examination.begin', () => {
  it.each<[boolean, Asker['ask']]>([
    [true, () => Promise.resolve([])],
    [false, right],
  ])('says whether another tenant stays hidden: %s', async (isHidden, ask) => {
    const examination = examine(ask);
    await examination.begin(undefined);
    expect(examination).toMatchObject({ isIsolated: isHidden, roundTrips: undefined });
  });
});

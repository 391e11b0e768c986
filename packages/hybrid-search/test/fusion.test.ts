import { describe, expect, it } from 'vitest';
import { fuseRanks } from '../src/fusion.ts';

const ids = (results: readonly { id: string }[]) => results.map(({ id }) => id);

describe('fuseRanks', () => {
  it('adds 1 / (60 + rank) over the lists and says why', () => {
    const results = fuseRanks([
      { name: 'vector', ids: ['a', 'b'] },
      { name: 'lexical', ids: ['b'] },
    ]);
    expect(results).toEqual([
      {
        id: 'b',
        score: 1 / 62 + 1 / 61,
        reasons: [
          { list: 'vector', rank: 2, contribution: 1 / 62 },
          { list: 'lexical', rank: 1, contribution: 1 / 61 },
        ],
      },
      { id: 'a', score: 1 / 61, reasons: [{ list: 'vector', rank: 1, contribution: 1 / 61 }] },
    ]);
  });

  it('weighs the lists', () => {
    const lists = (weight: number) => [
      { name: 'vector', ids: ['a'], weight },
      { name: 'lexical', ids: ['b'], weight: 1 },
    ];
    expect(ids(fuseRanks(lists(2)))).toEqual(['a', 'b']);
    expect(ids(fuseRanks(lists(0.5)))).toEqual(['b', 'a']);
  });

  it('leaves a list of weight 0 out', () => {
    const results = fuseRanks([
      { name: 'vector', ids: ['a', 'b'] },
      { name: 'graph', ids: ['c', 'a'], weight: 0 },
    ]);
    expect(ids(results)).toEqual(['a', 'b']);
    expect(results[0]?.reasons).toEqual([{ list: 'vector', rank: 1, contribution: 1 / 61 }]);
  });

  it('favours the first ranks more, the smaller k is', () => {
    const lists = [
      { name: 'vector', ids: ['top', 'middle'] },
      { name: 'lexical', ids: ['x', 'middle'] },
    ];
    expect(ids(fuseRanks(lists))[0]).toBe('middle');
    // With k = 0: middle 1/2 + 1/2, top and x 1 each; the best rank decides the tie, then the id.
    expect(ids(fuseRanks(lists, { k: 0 }))).toEqual(['top', 'x', 'middle']);
  });

  it('breaks ties by id in code units, not by locale', () => {
    const lists = ['b', 'a', 'Z', 'ä'].map((id) => ({ name: id, ids: [id] }));
    expect(ids(fuseRanks(lists))).toEqual(['Z', 'a', 'b', 'ä']);
  });

  it('sees a tie whichever list comes first', () => {
    const lists = [
      { name: '1', ids: ['a', 'b', 'c'] },
      { name: '2', ids: ['b', 'c', 'a'] },
      { name: '3', ids: ['c', 'a', 'b'] },
    ];
    const results = fuseRanks(lists);
    expect(ids(results)).toEqual(['a', 'b', 'c']);
    expect(new Set(results.map(({ score }) => score)).size).toBe(1);
  });

  it('answers the best `limit`', () => {
    expect(ids(fuseRanks([{ name: 'vector', ids: ['a', 'b', 'c'] }], { limit: 2 }))).toEqual(['a', 'b']);
  });

  it('answers nothing for no lists or empty ones', () => {
    expect(fuseRanks([])).toEqual([]);
    expect(fuseRanks([{ name: 'vector', ids: [] }])).toEqual([]);
  });

  it.each([-1, Number.NaN, Infinity])('refuses the weight and the k %d', (bad) => {
    const refused: unknown = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => fuseRanks([{ name: 'vector', ids: [], weight: bad }])).toThrow(refused);
    expect(() => fuseRanks([], { k: bad })).toThrow(refused);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses the limit %d', (limit) => {
    expect(() => fuseRanks([], { limit })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('refuses an id twice in a list, and two lists of one name', () => {
    const refused: unknown = expect.objectContaining({ code: 'DUPLICATE_ID', details: { list: 'vector' } });
    expect(() => fuseRanks([{ name: 'vector', ids: ['a', 'b', 'a'] }])).toThrow(refused);
    expect(() =>
      fuseRanks([
        { name: 'vector', ids: ['a'] },
        { name: 'vector', ids: ['b'] },
      ]),
    ).toThrow(refused);
  });
});

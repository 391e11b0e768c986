import { beforeAll, describe, expect, it } from 'vitest';
import { castsOf, comparisonsIn } from '../../src/audit/expressions/comparison.ts';
import {
  alternativesOf,
  callsIn,
  isAlways,
  literalOf,
  loadParser,
  ownColumns,
  parseCondition,
  settingsIn,
  tablesIn,
} from '../../src/audit/expressions/condition.ts';

beforeAll(loadParser);
const tree = (text: string) => parseCondition(text).tree;

describe('parseCondition', () => {
  it('refuses what is no expression', () => {
    expect(() => parseCondition('a =')).toThrow(SyntaxError);
    expect(() => parseCondition('')).toThrow(SyntaxError);
  });
});

describe('isAlways', () => {
  it.each([
    ['true', true, false],
    ['(true AND (1 = 1))', true, false],
    ['((a = 1) OR true)', true, false],
    ['((a = 1) AND true)', false, false],
    ['((a = 1) AND false)', false, true],
    ['(NOT true)', false, true],
    ["('x'::text = 'y'::text)", false, true],
    ['(a = a)', false, false],
    ['(NULL::boolean)', false, false],
  ])('%s', (text, always, never) => {
    expect([isAlways(true, tree(text)), isAlways(false, tree(text))]).toEqual([always, never]);
  });
});

describe('ownColumns', () => {
  it.each([
    ['(a = b)', ['a', 'b']],
    ['(a IN ( SELECT m.x FROM s.m WHERE (m.y = t.c)))', ['a', 'c']],
    ['(EXISTS ( SELECT 1 FROM s.m WHERE (m.a = m.b)))', []],
    ['( SELECT f() AS f)', []],
  ])('%s', (text, columns) => {
    expect([...ownColumns(tree(text), 't')].sort()).toEqual(columns);
  });
});

describe('comparisonsIn', () => {
  it.each([
    ['((a)::text = ( SELECT s.f() AS f))', ['a = bare text']],
    ['(( SELECT s.f() AS f) = lower(a))', ['a = inside']],
    ['(a = ANY (ARRAY( SELECT s.f() AS f)))', ['a = bare']],
    ['(a IN ( SELECT m.x FROM s.m))', ['a = bare']],
    ['(NOT (a IS DISTINCT FROM s.f()))', ['a is distinct from bare']],
    ["(b ~~ 'x'::text)", ['b ~~ bare']],
    ['(( SELECT count(*) FROM s.m WHERE (m.x = t.a)) > 0)', []],
  ])('%s', (text, expected) => {
    const found = comparisonsIn(tree(text), 't').map(({ column, operator, side, isBare }) =>
      [column, operator, isBare ? 'bare' : 'inside', ...castsOf(side)].join(' '),
    );
    expect(found).toEqual(expected);
  });
});

it('callsIn tells what is in a sub-select', () => {
  const calls = callsIn(tree('((a = s.f(1)) AND (b = ( SELECT g() AS g)))'));
  expect(calls.map(({ name, isInSubselect }) => [name, isInSubselect])).toEqual([
    ['s.f', false],
    ['pg_catalog.g', true],
  ]);
});

it('settingsIn, tablesIn, literalOf and alternativesOf read what PostgreSQL writes', () => {
  expect(settingsIn(tree("(current_setting('a.b'::text, true) = current_setting(c))"))).toEqual(['a.b', '']);
  expect(tablesIn(tree('(EXISTS ( SELECT 1 FROM (s.m JOIN s.n ON (true))))'))).toEqual(['s.m', 's.n']);
  expect(["'x'::text", '12', '0', '1.5', 'NULL::text', 'f()'].map((text) => literalOf(tree(text)))).toEqual([
    'x',
    '12',
    '0',
    '1.5',
    undefined,
    undefined,
  ]);
  expect(alternativesOf(tree('((a OR b) AND (c OR d))'))).toHaveLength(5);
});

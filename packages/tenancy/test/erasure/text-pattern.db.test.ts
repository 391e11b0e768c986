import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { patternOf } from '../../src/erasure/text-pattern.ts';

const database = testDatabase();

const finds = (identifier: string, text: string): Promise<unknown> =>
  withSession(database.url, async (session) => {
    const { rows } = await session.query('select $1::text ~ $2 as found', [text, patternOf(identifier)]);
    return rows[0]?.['found'];
  });
const hex = (text: string): string => `\\x${Buffer.from(text).toString('hex')}`;

describe('patternOf', () => {
  it.each([
    ['ada', 'ada'],
    ['ada', 'for ada, who'],
    ['ada', '{"by":"ada"}'],
    ['ada', '{ada,grace}'],
    ['a.d+a', '(a.d+a)'],
    ['Ada Example', 'by Ada Example.'],
    ['a"b\\c', 'a"b\\c'],
    ['a"b\\c', JSON.stringify({ by: 'a"b\\c' })],
    ['a"b\\c', '{"a\\"b\\\\c"}'],
    ['köln', 'in köln'],
    ['ada', hex('{"by":"ada"}')],
    ['a"b', hex(JSON.stringify({ by: 'a"b' }))],
  ])('finds %s in %s', async (identifier, text) => {
    await expect(finds(identifier, text)).resolves.toBe(true);
  });

  it.each([
    ['ada', 'adam'],
    ['ada', 'cicada'],
    ['ada', 'ADA'],
    ['agent 1', 'agent 10'],
    ['a.d', 'axd'],
    ['ada', hex('adam')],
    ['ada', hex('cicada')],
    ['ada', ''],
  ])('does not find %s in %s', async (identifier, text) => {
    await expect(finds(identifier, text)).resolves.toBe(false);
  });
});

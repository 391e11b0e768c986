import { TestingError } from '@agent-agency/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checks } from './migration-plan-checks.ts';
import { setStage, type Stage } from './migration-plan-stage.ts';
import { normalisePrinted, printedPattern, readRunbook } from './runbook.ts';

const blocks = await readRunbook('database/MIGRATION-PLAN.md');
const numberOf = (caption: string): string => caption.split(' ')[0] ?? '';
const isCi = ['true', '1'].includes(process.env['CI'] ?? '');

let stage: Stage | undefined;
/** Why the steps that follow are not taken. */
let obstacle: string | undefined;

beforeAll(async () => {
  stage = await setStage().catch((error: unknown) => {
    if (isCi || !(error instanceof TestingError && error.code === 'SOURCE_UNAVAILABLE')) throw error;
    obstacle = error.message;
    return undefined;
  });
});
afterAll(() => stage?.leave());

describe('MIGRATION-PLAN.md', () => {
  it.for(blocks)('$caption', async (block, { skip }) => {
    if (stage === undefined || obstacle !== undefined) return skip(obstacle);
    obstacle = `${block.caption}: failed`;
    const printed = await stage.operator.run(block);
    expect(normalisePrinted(printed)).toMatch(printedPattern(block.expected ?? ''));
    await checks[numberOf(block.caption)]?.(stage);
    obstacle = undefined;
  });

  it('says below every block what it prints', () => {
    expect(blocks.filter(({ expected = '' }) => expected === '')).toEqual([]);
  });

  it('numbers its blocks, and has every one that is checked further', () => {
    const numbers = blocks.map(({ caption }) => numberOf(caption));
    expect(numbers).toEqual([...new Set(numbers)].toSorted());
    expect(numbers).toEqual(expect.arrayContaining(Object.keys(checks)));
  });
});

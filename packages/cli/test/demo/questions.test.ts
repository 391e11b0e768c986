import { describe, expect, it } from 'vitest';
import { chooseQuestions } from '../../src/demo/questions.ts';

const NOTHING = { skill: undefined, subjects: [], people: [] };

describe('chooseQuestions', () => {
  it('asks for a skill, a commit and a person', () => {
    const skill = { area: 'packages/api', language: 'TypeScript' };
    expect(chooseQuestions({ skill, subjects: ['fix: x', 'feat: y'], people: ['Ada', 'Bo'] })).toEqual([
      'who works on packages/api in TypeScript',
      'fix: x',
      'Ada',
    ]);
  });

  it('makes do with an area or a language', () => {
    const rest = { subjects: ['fix'], people: ['Ada'] };
    expect(chooseQuestions({ ...rest, skill: { area: 'docs', language: null } })[0]).toBe(
      'who works on docs',
    );
    expect(chooseQuestions({ ...rest, skill: { area: null, language: 'C' } })[0]).toBe('who writes C');
  });

  it('asks for a merge only when there is nothing else', () => {
    const history = { ...NOTHING, people: ['Ada'] };
    expect(chooseQuestions({ ...history, subjects: ['Merge branch x', 'fix: x'] })[0]).toBe('fix: x');
    expect(chooseQuestions({ ...history, subjects: ['Merge branch x'] })[0]).toBe('Merge branch x');
  });

  it('asks three things of one person whose commits have no words', () => {
    expect(chooseQuestions({ ...NOTHING, subjects: ['???', '🦊', ''], people: ['…', '漢字'] })).toEqual([
      '漢字',
      'what does 漢字 work on',
      'who works with 漢字',
    ]);
  });

  it('asks for several commits when nobody has a name', () => {
    expect(chooseQuestions({ ...NOTHING, subjects: ['one', 'two', 'three', 'four'] })).toEqual([
      'one',
      'two',
      'three',
    ]);
  });

  it('never asks the same twice, and nothing of nothing', () => {
    expect(chooseQuestions({ ...NOTHING, subjects: ['Ada', 'Ada'], people: ['Ada'] })).toHaveLength(3);
    expect(chooseQuestions({ ...NOTHING, subjects: ['same', 'same', 'same'] })).toEqual(['same']);
    expect(chooseQuestions(NOTHING)).toEqual([]);
  });

  it('shortens a long subject without cutting a character in two', () => {
    const [question] = chooseQuestions({ ...NOTHING, subjects: ['𝒳'.repeat(300)] });
    expect(question).toBe('𝒳'.repeat(200));
  });
});

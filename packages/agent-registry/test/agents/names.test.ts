import { describe, expect, it } from 'vitest';
import { assignNames, candidateNames } from '../../src/agents/names.ts';

const none = new Set<string>();

describe('candidateNames', () => {
  it('begins with the name itself, then the end of the id, then a digest of the id', () => {
    expect(candidateNames({ id: 'agent-000042', name: 'Ann' })).toEqual([
      'Ann',
      'Ann (000042)',
      expect.stringMatching(/^Ann \([0-9a-f]{16}\)$/),
    ]);
  });
  it('fits the column whatever the lengths, and cuts no character in half', () => {
    for (const name of ['n'.repeat(246), `${'n'.repeat(235)}${'🧪'.repeat(5)}`, '🧪'.repeat(123)]) {
      for (const candidate of candidateNames({ id: '🧪'.repeat(100), name })) {
        expect(candidate.length).toBeLessThanOrEqual(255);
        expect(candidate.isWellFormed()).toBe(true);
      }
    }
  });
});

describe('assignNames', () => {
  it('gives each agent its own name when nobody has it', () => {
    const agents = [
      { id: '1', name: 'Ann' },
      { id: '2', name: 'Bob' },
    ];
    expect([...assignNames(agents, none)]).toEqual([
      ['1', 'Ann'],
      ['2', 'Bob'],
    ]);
  });
  it('gives distinct names to namesakes whose ids end alike', () => {
    const agents = Array.from({ length: 50 }, (_, place) => ({
      id: `ann@${place}.example.com`,
      name: 'Ann',
    }));
    expect(new Set(assignNames(agents, none).values()).size).toBe(50);
  });
  it('gives distinct names when one agent is called what another would become', () => {
    const agents = [
      { id: 'a-000001', name: 'Ann' },
      { id: 'a-000002', name: 'Ann' },
      { id: 'a-000003', name: 'Ann (000002)' },
    ];
    const names = assignNames(agents, new Set(['Ann (000003)']));
    expect(names.get('a-000001')).toBe('Ann');
    expect(names.get('a-000002')).toBe('Ann (000002)');
    expect(new Set(names.values()).size).toBe(3);
  });
  it('avoids the names that are taken', () => {
    expect(assignNames([{ id: 'a-000001', name: 'Ann' }], new Set(['Ann'])).get('a-000001')).toBe(
      'Ann (000001)',
    );
  });
});

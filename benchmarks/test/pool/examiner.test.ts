import { describe, expect, it } from 'vitest';
import { Examiner } from '../../pool/examiner.ts';
import type { Lender } from '../../pool/lenders.ts';
import { agentName } from '../../src/tenant-agents.ts';

const examine = (names: Lender['names']) =>
  new Examiner({ applicationName: 'example', names, close: () => Promise.resolve() });

describe('Examiner.ask', () => {
  it('finds nothing wrong with the own row', async () => {
    const examiner = examine((tenantId, id) => Promise.resolve([agentName(tenantId, id)]));
    expect(await examiner.ask('acme', 'a')).toBeGreaterThanOrEqual(0);
    expect([examiner.isFaultless(), examiner.hasLostNobody(), examiner.firstError]).toEqual([
      true,
      true,
      undefined,
    ]);
  });

  it.each<[string, string[]]>([
    ['no row', []],
    ["another tenant's row", [agentName('globex', 'a')]],
    ["another tenant's row beside the own", [agentName('acme', 'a'), agentName('globex', 'a')]],
  ])('notices %s', async (_, names) => {
    const examiner = examine(() => Promise.resolve(names));
    await examiner.ask('acme', 'a');
    expect([examiner.isFaultless(), examiner.hasLostNobody()]).toEqual([false, true]);
  });

  it('notices whose transaction failed, and keeps the first error', async () => {
    const errors = [new Error('first'), new Error('second')];
    const examiner = examine(() => Promise.reject(errors.shift() ?? new Error('none left')));
    await examiner.ask('acme', 'a');
    await examiner.ask('acme', 'a');
    expect(examiner.hasLostNobody()).toBe(false);
    expect(examiner.firstError).toBe('Error: first');
  });

  it('notices who is still waiting', () => {
    const examiner = examine(() => new Promise(() => undefined));
    void examiner.ask('acme', 'a');
    expect(examiner.hasLostNobody()).toBe(false);
  });
});

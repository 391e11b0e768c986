import { describe, expect, it } from 'vitest';
import { Examiner } from '../../pool/examiner.ts';
import type { Lender } from '../../pool/lenders.ts';
import { runCrowd } from '../../pool/load.ts';
import { agentName } from '../../src/tenant-agents.ts';

const examine = (names: Lender['names']) =>
  new Examiner({ applicationName: 'example', names, close: () => Promise.resolve() });
const crowd = { tenantIds: ['acme', 'globex'], callers: 4, each: 3 };

describe('runCrowd', () => {
  it('lets all callers ask at once, each one question at a time, of the tenants in turn', async () => {
    const asking: string[] = [];
    let most = 0;
    const examiner = examine(async (tenantId, id) => {
      asking.push(tenantId);
      most = Math.max(most, asking.length);
      await Promise.resolve();
      asking.splice(asking.indexOf(tenantId), 1);
      return [agentName(tenantId, id)];
    });
    const { latenciesMs } = await runCrowd(examiner, crowd);
    expect(latenciesMs).toHaveLength(12);
    expect(most).toBe(4);
    expect([examiner.isFaultless(), examiner.hasLostNobody()]).toEqual([true, true]);
  });

  it('does not wait for ever for a caller who gets no answer', async () => {
    const examiner = examine((tenantId, id) =>
      tenantId === 'acme' ? new Promise(() => undefined) : Promise.resolve([agentName(tenantId, id)]),
    );
    const { latenciesMs } = await runCrowd(examiner, crowd, 0);
    expect(latenciesMs).toHaveLength(6);
    expect(examiner.hasLostNobody()).toBe(false);
  });
});

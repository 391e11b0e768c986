import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/index.ts';
import { Admission } from '../../src/pool/admission.ts';
import { Interruption } from '../../src/pool/interruption.ts';
import { parseTenantContext } from '../../src/tenant/tenant-context.ts';
import { codeOf } from '../support/errors.ts';

const { tenantId: acme } = parseTenantContext({ tenantId: 'acme' });
const { tenantId: globex } = parseTenantContext({ tenantId: 'globex' });
const never = new Interruption();

/** Asks, and writes down who got in. */
function ask(admission: Admission, order: string[], name: string, holder = name === 'acme' ? acme : globex) {
  return admission.admit(holder, never).then((permit) => {
    order.push(name);
    return permit;
  });
}

const settled = (): Promise<void> => new Promise(setImmediate);

describe('Admission.admit', () => {
  it('lets a tenant pass another one that has its share, which keeps its place', async () => {
    const admission = new Admission({ max: 2, maxPerTenant: 1 });
    const order: string[] = [];
    const first = await ask(admission, order, 'acme');
    const second = ask(admission, order, 'acme');
    const third = await ask(admission, order, 'globex');
    expect(order).toEqual(['acme', 'globex']);
    expect(admission).toMatchObject({ heldCount: 2, waitingCount: 1 });
    third.release();
    await settled();
    expect(order).toEqual(['acme', 'globex']);
    first.release();
    (await second).release();
    expect(order).toEqual(['acme', 'globex', 'acme']);
    expect(admission).toMatchObject({ heldCount: 0, waitingCount: 0 });
  });

  it('gives callers without a tenant no share, and one never more than max', async () => {
    const admission = new Admission({ max: 2, maxPerTenant: 1 });
    await admission.admit(undefined, never);
    const last = await admission.admit(undefined, never);
    expect(admission.isAtCap(undefined)).toBe(false);
    const waiting = admission.admit(undefined, never);
    await settled();
    expect(admission).toMatchObject({ heldCount: 2, waitingCount: 1 });
    last.release();
    (await waiting).release();
    expect(admission).toMatchObject({ heldCount: 1, waitingCount: 0 });
  });

  it('counts a release once, whoever repeats it', async () => {
    const admission = new Admission({ max: 1, maxPerTenant: 1 });
    const permit = await admission.admit(acme, never);
    permit.release();
    await admission.admit(globex, never);
    permit.release();
    permit.release();
    expect(admission).toMatchObject({ heldCount: 1 });
    expect(admission.isAtCap(acme)).toBe(false);
    expect(admission.isAtCap(globex)).toBe(true);
  });

  it('takes whoever is interrupted out of the queue, and admits who waits behind', async () => {
    const admission = new Admission({ max: 1, maxPerTenant: 1 });
    const held = await admission.admit(acme, never);
    const interruption = new Interruption();
    const interrupted = codeOf(admission.admit(globex, interruption));
    const behind = admission.admit(acme, never);
    interruption.interrupt(new DatabaseError('ABORTED', 'enough'));
    expect(await interrupted).toBe('ABORTED');
    expect(admission.waitingCount).toBe(1);
    held.release();
    (await behind).release();
    expect(admission).toMatchObject({ heldCount: 0, waitingCount: 0 });
  });

  it('keeps an admitted caller out of the interruption that comes later', async () => {
    const admission = new Admission({ max: 1, maxPerTenant: 1 });
    const held = await admission.admit(acme, never);
    const interruption = new Interruption();
    const waiting = admission.admit(globex, interruption);
    held.release();
    interruption.interrupt(new DatabaseError('ABORTED', 'too late'));
    await waiting;
    expect(admission).toMatchObject({ heldCount: 1, waitingCount: 0 });
  });

  it('refuses at once who comes interrupted and would have to wait', async () => {
    const admission = new Admission({ max: 1, maxPerTenant: 1 });
    await admission.admit(acme, never);
    const interruption = new Interruption();
    interruption.interrupt(new DatabaseError('SHUTTING_DOWN', 'closed'));
    expect(await codeOf(admission.admit(globex, interruption))).toBe('SHUTTING_DOWN');
    expect(admission.waitingCount).toBe(0);
  });
});

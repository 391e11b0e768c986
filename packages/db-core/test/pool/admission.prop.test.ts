import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/index.ts';
import { Admission, type Permit } from '../../src/pool/admission.ts';
import { Interruption } from '../../src/pool/interruption.ts';
import { parseTenantContext } from '../../src/tenant/tenant-context.ts';

const TENANTS = ['acme', 'globex', undefined];
const tenantIdOf = (tenant: string | undefined) =>
  tenant === undefined ? undefined : parseTenantContext({ tenantId: tenant }).tenantId;

/** `at` counts every caller so far; nothing happens where there is nobody to do it to. */
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), tenant: fc.constantFrom(...TENANTS) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), at: fc.nat(40) }) },
  fc.record({ kind: fc.constant('interrupt' as const), at: fc.nat(40) }),
);
const limits = fc
  .record({ max: fc.integer({ min: 1, max: 5 }), maxPerTenant: fc.integer({ min: 1, max: 5 }) })
  .map(({ max, maxPerTenant }) => ({ max, maxPerTenant: Math.min(max, maxPerTenant) }));

type State = 'waiting' | 'held' | 'released' | 'interrupted';

interface Caller {
  readonly tenant: string | undefined;
  readonly interruption: Interruption;
  state: State;
  permit?: Permit;
}

/** The naive admission: everybody's state in a list, looked through from its beginning after every change. */
class Model {
  readonly #limits: { max: number; maxPerTenant: number };
  readonly callers: { readonly tenant: string | undefined; state: State }[] = [];

  constructor(bounds: { max: number; maxPerTenant: number }) {
    this.#limits = bounds;
  }

  change(at: number, from: State, to: State): void {
    const caller = this.callers[at];
    if (caller?.state === from) caller.state = to;
    for (const waiting of this.callers) if (this.#mayPass(waiting)) waiting.state = 'held';
  }

  #mayPass({ tenant, state }: { tenant: string | undefined; state: State }): boolean {
    const held = this.callers.filter((caller) => caller.state === 'held');
    const share = held.filter((caller) => caller.tenant === tenant).length;
    return (
      state === 'waiting' &&
      held.length < this.#limits.max &&
      (tenant === undefined || share < this.#limits.maxPerTenant)
    );
  }
}

class Callers {
  readonly admission: Admission;
  readonly all: Caller[] = [];

  constructor(bounds: { max: number; maxPerTenant: number }) {
    this.admission = new Admission(bounds);
  }

  ask(tenant: string | undefined): void {
    const caller: Caller = { tenant, interruption: new Interruption(), state: 'waiting' };
    this.all.push(caller);
    this.admission.admit(tenantIdOf(tenant), caller.interruption).then(
      (permit) => {
        caller.state = 'held';
        caller.permit = permit;
      },
      () => {
        caller.state = 'interrupted';
      },
    );
  }

  release(at: number): void {
    const caller = this.all[at];
    // Also of a permit that was given back before: that must change nothing.
    caller?.permit?.release();
    if (caller?.state === 'held') caller.state = 'released';
  }

  interrupt(at: number): void {
    this.all[at]?.interruption.interrupt(new DatabaseError('ABORTED', 'enough'));
  }
}

const settled = (): Promise<void> => new Promise(setImmediate);

describe('Admission', () => {
  it('does what a list does that is looked through after every change, and starves nobody', async () => {
    const check = async (bounds: { max: number; maxPerTenant: number }, steps: Step[]): Promise<void> => {
      const callers = new Callers(bounds);
      const model = new Model(bounds);
      const compare = async (): Promise<void> => {
        await settled();
        const states = model.callers.map(({ state }) => state);
        expect(callers.all.map(({ state }) => state)).toEqual(states);
        expect(callers.admission.waitingCount).toBe(states.filter((state) => state === 'waiting').length);
        expect(callers.admission.heldCount).toBe(states.filter((state) => state === 'held').length);
      };
      for (const taken of steps) {
        if (taken.kind === 'ask') {
          callers.ask(taken.tenant);
          model.callers.push({ tenant: taken.tenant, state: 'waiting' });
          model.change(-1, 'waiting', 'held');
        } else if (taken.kind === 'release') {
          callers.release(taken.at);
          model.change(taken.at, 'held', 'released');
        } else {
          callers.interrupt(taken.at);
          model.change(taken.at, 'waiting', 'interrupted');
        }
        await compare();
      }
      // Whoever still waits gets in when the others leave, however long that takes.
      for (let rounds = callers.all.length; rounds > 0; rounds -= 1) {
        callers.all.forEach((_, at) => {
          callers.release(at);
        });
        await settled();
      }
      expect(callers.admission).toMatchObject({ waitingCount: 0, heldCount: 0 });
    };
    await fc.assert(fc.asyncProperty(limits, fc.array(step, { maxLength: 40 }), check), { numRuns: 150 });
  });
});

type Step = (typeof step extends fc.Arbitrary<infer Drawn> ? Drawn : never) & object;

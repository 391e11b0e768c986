import type { TenantId } from '../tenant/tenant-context.ts';
import { FairQueue } from './fair-queue.ts';
import type { Interruption } from './interruption.ts';

/** The right to hold one connection. */
export interface Permit {
  /** Gives it back, to whoever waits. */
  release(): void;
}

interface Limits {
  readonly max: number;
  readonly maxPerTenant: number;
}

interface Waiting {
  readonly holder: Holder;
  readonly admit: (permit: Permit) => void;
}

/** Nobody's: callers without a tenant share no limit but the pool's. */
type Holder = TenantId | undefined;

/**
 * Decides who may hold a connection: first come, first served, and no tenant more than its share.
 *
 * pg-pool's own queue knows neither tenants nor aborts. It stays empty, because never more callers get past here than
 * the pool has connections.
 */
export class Admission {
  readonly #limits: Limits;
  readonly #queue = new FairQueue<Holder, Waiting>();
  readonly #held = new Map<Holder, number>();
  #total = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Callers that wait. */
  get waitingCount(): number {
    return this.#queue.size;
  }

  /** Connections that are promised or lent. */
  get heldCount(): number {
    return this.#total;
  }

  /** Whether the tenant has its share: then waiting has nothing to do with the others. */
  isAtCap(holder: Holder): boolean {
    return holder !== undefined && (this.#held.get(holder) ?? 0) >= this.#limits.maxPerTenant;
  }

  /** Waits for a permit; an interruption ends the waiting with its error. */
  admit(holder: Holder, interruption: Interruption): Promise<Permit> {
    // Nobody who waits could be admitted now, or they would have been: so nobody is overtaken.
    if (this.#mayPass(holder)) return Promise.resolve(this.#permit(holder));
    return new Promise((resolve, reject) => {
      const admit = (permit: Permit): void => {
        forget();
        resolve(permit);
      };
      const place = this.#queue.push(holder, { holder, admit });
      const forget = interruption.onInterrupt((error) => {
        this.#queue.remove(place);
        reject(error);
      });
    });
  }

  #mayPass(holder: Holder): boolean {
    return this.#total < this.#limits.max && !this.isAtCap(holder);
  }

  #permit(holder: Holder): Permit {
    this.#total += 1;
    this.#held.set(holder, (this.#held.get(holder) ?? 0) + 1);
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#giveBack(holder);
      },
    };
  }

  #giveBack(holder: Holder): void {
    this.#total -= 1;
    const left = (this.#held.get(holder) ?? 0) - 1;
    if (left > 0) this.#held.set(holder, left);
    else this.#held.delete(holder);
    const next = this.#queue.shift((waiting) => this.#mayPass(waiting));
    next?.admit(this.#permit(next.holder));
  }
}

import { agentName } from '../src/tenant-agents.ts';
import type { Lender } from './lenders.ts';

/** Runs a lender's transactions, takes their time, and counts what goes wrong. */
export class Examiner {
  readonly lender: Lender;
  #wrong = 0;
  #failed = 0;
  #unanswered = 0;
  #firstError: string | undefined;

  constructor(lender: Lender) {
    this.lender = lender;
  }

  /** Asks for one row; answers how long that took, waiting for a connection included. */
  async ask(tenantId: string, id: string): Promise<number> {
    this.#unanswered++;
    const askedAt = performance.now();
    try {
      const names = await this.lender.names(tenantId, id);
      if (names.length !== 1 || names[0] !== agentName(tenantId, id)) this.#wrong++;
    } catch (error) {
      this.#failed++;
      this.#firstError ??= String(error);
    }
    this.#unanswered--;
    return performance.now() - askedAt;
  }

  /** Whether everybody saw the own tenant's row, and that alone. */
  isFaultless(): boolean {
    return this.#wrong === 0;
  }

  /** Whether everybody who asked got an answer. */
  hasLostNobody(): boolean {
    return this.#failed === 0 && this.#unanswered === 0;
  }

  /** Why callers went without an answer, if some did. */
  get firstError(): string | undefined {
    return this.#firstError;
  }
}

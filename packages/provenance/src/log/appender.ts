import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { ProvenanceError } from '../errors.ts';
import type { ProvenanceNodeRecord } from '../format/node.ts';
import type { Signer } from '../signing/signature.ts';
import { appendNodes } from './append-nodes.ts';
import { checkNodes, type NodeToAppend } from './node-to-append.ts';

export interface AppenderOptions {
  /** The nodes of a transaction at most, unless one call has more. Default: 200. */
  readonly maxNodes?: number;
  /** Calls that may wait for a tenant's log; one more is refused. Default: 10,000. */
  readonly maxWaiting?: number;
}

/** Appends for many at once. */
export interface Appender {
  /**
   * Appends nodes to a tenant's log, all or none. They are committed when it resolves.
   *
   * @returns the nodes as they stand in the log, in order.
   * @throws {ProvenanceError} `APPENDER_FULL`; and what `appendNodes` throws, for these nodes alone.
   */
  append(tenantId: string, nodes: readonly NodeToAppend[]): Promise<ProvenanceNodeRecord[]>;
}

/**
 * Appends for callers that have nothing else to do in the same transaction: while one is under way, whatever comes for the
 * same tenant waits, and shares the next one. A log is locked until its last appender has committed; so this is what makes many
 * who write to one log faster than one.
 *
 * **Runs** a transaction at a time for each tenant. When one fails, each of its calls is tried by itself, so that nobody fails
 * for another's nodes.
 * @example
 * const appender = createAppender(manager, signer);
 * const [verdict] = await appender.append('acme', [node]);
 */
export function createAppender(
  manager: Pick<ConnectionPoolManager, 'withTenant'>,
  signer: Signer,
  { maxNodes = 200, maxWaiting = 10_000 }: AppenderOptions = {},
): Appender {
  const queues = new Map<string, Call[]>();

  const transact = (tenantId: string, nodes: readonly NodeToAppend[]): Promise<ProvenanceNodeRecord[]> =>
    manager.withTenant({ tenantId }, (tx) => appendNodes(tx, nodes, signer));

  async function settle(tenantId: string, calls: readonly Call[]): Promise<void> {
    try {
      const records = await transact(
        tenantId,
        calls.flatMap(({ nodes }) => nodes),
      );
      let at = 0;
      for (const { nodes, resolve } of calls) resolve(records.slice(at, (at += nodes.length)));
    } catch (error) {
      const [only, ...others] = calls;
      if (others.length === 0) only?.reject(error);
      else for (const call of calls) await settle(tenantId, [call]);
    }
  }

  async function work(tenantId: string, queue: Call[]): Promise<void> {
    while (queue.length > 0) await settle(tenantId, takeCalls(queue, maxNodes));
    queues.delete(tenantId);
  }

  return {
    async append(tenantId, nodes) {
      // Whose fault it is shows before anybody else is concerned.
      checkNodes(nodes);
      return new Promise((resolve, reject) => {
        const call = { nodes, resolve, reject };
        const queue = queues.get(tenantId);
        if (queue === undefined) {
          const begun = [call];
          queues.set(tenantId, begun);
          void work(tenantId, begun);
        } else if (queue.length < maxWaiting) queue.push(call);
        else reject(appenderFull(tenantId, maxWaiting));
      });
    },
  };
}

interface Call {
  readonly nodes: readonly NodeToAppend[];
  readonly resolve: (records: ProvenanceNodeRecord[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The first calls of a queue, which it leaves: as many as have no more nodes together, but one in any case. */
function takeCalls(queue: Call[], maxNodes: number): Call[] {
  let [calls, nodes] = [0, 0];
  do nodes += queue[calls++]?.nodes.length ?? 0;
  while (calls < queue.length && nodes + (queue[calls]?.nodes.length ?? 0) <= maxNodes);
  return queue.splice(0, calls);
}

function appenderFull(tenantId: string, waiting: number): ProvenanceError {
  return new ProvenanceError(
    'APPENDER_FULL',
    `${String(waiting)} calls wait for the log of ${tenantId}: append fewer at a time, or several nodes a call`,
    { details: { tenantId } },
  );
}

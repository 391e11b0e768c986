import type { TenantTransaction } from '@agent-agency/db-core';
import type { ChainReport } from '../chain-report.ts';
import { verifyChain } from '../chain.ts';
import type { PublicKeyRecord } from '../public-key.ts';
import { readHead, readLog } from './read-log.ts';
import { listSigningKeys } from './signing-keys.ts';

export interface VerifyLogOptions {
  /**
   * Keys that you trust. Default: the ones registered in the database, which tells a changed log from an intact one,
   * but not from a log that was rewritten whole by somebody who also replaced the keys.
   */
  readonly keys?: readonly PublicKeyRecord[];
}

/**
 * Recomputes every hash and signature of the tenant's log and reports everything that is wrong, with its place.
 *
 * Needs a transaction with one snapshot (`{ readOnly: true, isolationLevel: 'repeatable read' }`): otherwise nodes that
 * are appended meanwhile look like a log that is longer than its head.
 *
 * **Runs** one index range a page of 500. **Cost** linear, about 0.1 ms a node; constant memory.
 */
export async function verifyLog(tx: TenantTransaction, options: VerifyLogOptions = {}): Promise<ChainReport> {
  const keys = options.keys ?? (await listSigningKeys(tx));
  const expectedHead = await readHead(tx);
  return verifyChain(readLog(tx), { tenantId: tx.tenantId, keys, expectedHead });
}

import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { exportBundle } from '@agent-agency/provenance';
import {
  type BundleVerdict,
  parseVerifierKey,
  type PublicKeyRecord,
  verifyBundle,
} from '@agent-agency/provenance/verify';

/** Where the database is. */
export function hand(manager: ConnectionPoolManager, verdictId: string): Promise<string> {
  return manager.withTenant({ tenantId: 'acme' }, (tx) =>
    exportBundle(tx, { ids: [verdictId], withAncestry: true, cosignatures: 1 }),
  );
}

/** Anywhere else. */
export function examine(bundle: string, verdictId: string, keys: readonly PublicKeyRecord[]): BundleVerdict {
  return verifyBundle(bundle, {
    origin: 'log.example.com/acme',
    keys,
    witnesses: [
      parseVerifierKey('witness.example.com/w1+e8498172+BD1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM'),
    ],
    ids: [verdictId],
    withAncestry: true,
  });
}

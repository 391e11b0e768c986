import { findNode, hashNode } from '@agent-agency/provenance';
import { getOwnTenant } from '@agent-agency/tenancy';
import { databaseConfig, withManager } from '../database.ts';
import type { Environment } from '../environment.ts';
import { UsageError } from '../failure.ts';

/** Which node, and of whose log. */
export interface NodeOfTenant {
  readonly tenantId: string;
  readonly nodeId: string;
}

/**
 * The hash that a node of the tenant's log has, or undefined when there is no such node.
 *
 * @throws {UsageError} when the node is not what its hash says: nothing may rest on it.
 */
export async function findRecordedHash(
  env: Environment,
  { tenantId, nodeId: id }: NodeOfTenant,
): Promise<string | undefined> {
  const node = await withManager(databaseConfig(env), (manager) =>
    manager.withTenant(
      { tenantId },
      async (tx) => {
        await getOwnTenant(tx);
        return findNode(tx, { id });
      },
      { readOnly: true },
    ),
  );
  if (node === undefined || hashNode(node) === node.hashChain) return node?.hashChain;
  throw new UsageError(
    `node ${id} is not what was recorded: \`agency-db provenance verify --tenant ${tenantId}\``,
  );
}

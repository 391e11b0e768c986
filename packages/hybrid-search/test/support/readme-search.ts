import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { createLexicalHashEmbeddings, prepareQuery, search } from '@agent-agency/hybrid-search';

const embeddings = createLexicalHashEmbeddings();

export async function whoKnows(manager: ConnectionPoolManager, text: string): Promise<string[]> {
  // Outside the transaction: a model may be another machine.
  const query = await prepareQuery({ text, hops: 1, limit: 3 }, embeddings);
  const results = await manager.withTenant({ tenantId: 'acme' }, (tx) => search(tx, query));
  return results.map(({ name, reasons }) => `${name}: ${reasons.map(({ arm }) => arm).join(', ')}`);
}

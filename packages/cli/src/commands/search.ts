import {
  createLexicalHashEmbeddings,
  prepareQuery,
  search,
  type SearchReason,
  type SearchResult,
} from '@agent-agency/hybrid-search';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { databaseConfig, withManager } from '../database.ts';

export interface SearchOptions {
  readonly tenant: string;
  readonly hops?: number;
  readonly limit?: number;
}

/** `agency-db search "<text>" --tenant <id>` */
export async function searchCommand(
  { terminal, env }: CommandContext,
  text: string,
  options: SearchOptions,
): Promise<void> {
  const { tenant: tenantId, hops, limit } = options;
  const query = await prepareQuery(
    { text, ...(hops === undefined ? {} : { hops }), ...(limit === undefined ? {} : { limit }) },
    createLexicalHashEmbeddings(),
  );
  const results = await withManager(databaseConfig(env), (manager) =>
    manager.withTenant(
      { tenantId },
      async (tx) => {
        await getOwnTenant(tx);
        return search(tx, query);
      },
      { readOnly: true },
    ),
  );
  if (results.length === 0) terminal.print('nothing found');
  for (const line of describeResults(results)) terminal.print(line);
  terminal.printJson({ results });
}

/** Two lines a result: what it is, and why it is there. */
export function describeResults(results: readonly SearchResult[]): string[] {
  return results.flatMap((result, place) => {
    const owner = result.agentName === undefined ? '' : ` · ${result.agentName}`;
    const kind = KINDS[result.entityType];
    return [
      `${String(place + 1).padStart(2)}. ${kind} ${result.name}${owner}`,
      `      ${result.reasons.map(describeReason).join('; ')}`,
    ];
  });
}

const KINDS: Readonly<Record<SearchResult['entityType'], string>> = {
  agent_capability: 'capability',
  caws_provenance: 'commit    ',
  agent_profile: 'agent     ',
};

function describeReason(reason: SearchReason): string {
  const rank = `#${String(reason.rank)}`;
  switch (reason.arm) {
    case 'vector':
      return `vector ${rank} (similarity ${reason.similarity.toFixed(2)})`;
    case 'lexical':
      return `words ${rank}`;
    case 'graph':
      return reason.hops === 0
        ? `graph ${rank} (has matching work)`
        : `graph ${rank} (${counted(reason.hops, 'hop')} from ${reason.viaAgentName}, confidence ${reason.confidence.toFixed(2)})`;
  }
}

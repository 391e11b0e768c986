import type { ConnectionPoolManager } from '@agent-agency/db-core';
import {
  createLexicalHashEmbeddings,
  prepareQuery,
  search,
  type SearchResult,
} from '@agent-agency/hybrid-search';
import { describePath } from '../commands/graph.ts';
import { describeResults } from '../commands/search.ts';
import { QUESTION_COUNT, questionsOf } from './questions.ts';
import { A, B, type Stage } from './stage.ts';
import { findSomePath } from './store.ts';

/** What a tenant gets for a question. */
export async function ask(
  manager: ConnectionPoolManager,
  tenantId: string,
  text: string,
): Promise<SearchResult[]> {
  const query = await prepareQuery({ text, limit: 4, hops: 2 }, createLexicalHashEmbeddings());
  return manager.withTenant({ tenantId }, (tx) => search(tx, query), { readOnly: true });
}

/** Three searches, and a path between two authors. */
export async function showAnswers({ manager, steps }: Stage): Promise<void> {
  const questions = await manager.withTenant({ tenantId: A }, questionsOf, { readOnly: true });
  for (const question of questions) {
    await steps.run(`tenant A asks: ${question}`, async () => {
      const results = await ask(manager, A, question);
      return { lines: describeResults(results), held: results.length > 0 };
    });
  }
  if (questions.length < QUESTION_COUNT) {
    await steps.run(`tenant A asks ${String(QUESTION_COUNT)} questions`, () =>
      Promise.resolve({
        lines: ['its history has too few words to ask about: choose another with --repo'],
        held: false,
      }),
    );
  }
  await steps.run('a path between two authors', async () => {
    const path = await manager.withTenant({ tenantId: A }, findSomePath, { readOnly: true });
    if (path !== undefined) return { lines: [`tenant A: ${describePath(path)}`], held: path.hops > 0 };
    const other = await manager.withTenant({ tenantId: B }, findSomePath, { readOnly: true });
    return {
      lines: [
        'tenant A: no two authors work closely enough together',
        `tenant B: ${other === undefined ? 'no path' : describePath(other)}`,
      ],
      held: other?.hops === 2,
    };
  });
}

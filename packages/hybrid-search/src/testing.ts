import { describe, it } from 'vitest';
import { embeddingProviderChecks } from './embedding-provider-checks.ts';
import type { EmbeddingProvider } from './embedding-provider.ts';

/**
 * Declares the tests that every {@link EmbeddingProvider} has to pass, one a clause of the contract.
 *
 * @param make opens the provider afresh for each test; a test embeds at most six short texts.
 * @example
 * describeEmbeddingProvider('lexical hash', () => createLexicalHashEmbeddings());
 */
export function describeEmbeddingProvider(
  name: string,
  make: () => EmbeddingProvider | Promise<EmbeddingProvider>,
): void {
  describe(name, () => {
    for (const { name: clause, run } of embeddingProviderChecks) {
      it(clause, async () => {
        await run(await make());
      });
    }
  });
}

// Search
export { prepareQuery, search, SearchQuery } from './search.ts';
export type { PreparedQuery, SearchReason, SearchResult } from './search.ts';
export type { SearchEntityType } from './arms/candidate.ts';

// Embeddings
export { assertEmbedding, type EmbeddingProvider, type EmbedOptions } from './embedding-provider.ts';
export { createLexicalHashEmbeddings, type LexicalHashOptions } from './lexical-hash-embeddings.ts';

// Fusion
export {
  fuseRanks,
  type FusedResult,
  type FusionOptions,
  type RankedList,
  type RankReason,
} from './fusion.ts';

// Metrics
export { meanReciprocalRank, ndcgAtK, precisionAtK, recallAtK, type JudgedRanking } from './metrics.ts';

// Tables: importing this package adds them to `Tables` of db-core
export type { HybridSearchTables } from './tables.ts';

// Errors
export { SearchError, searchErrorCodes, type SearchErrorCode } from './errors.ts';

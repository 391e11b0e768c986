// Ingesting
export { ingestRepository } from './ingest/ingest-repository.ts';
export type { IngestOptions, IngestProgress, IngestSummary } from './ingest/ingest-repository.ts';

// Errors
export { GitIngestError, type GitIngestErrorCode, type GitIngestErrorOptions } from './errors.ts';

// Reading a repository
export { inspectRepository, type InspectOptions, type Repository } from './git/inspect-repository.ts';
export { readCommits, type ReadCommitsOptions } from './git/read-commits.ts';
export type { ChangeSummary } from './git/change-summary.ts';
export type { Commit, Identity, Trailer } from './git/commit.ts';

// What a commit says: who
export { normaliseEmail } from './extract/normalise-email.ts';
export { agentIdOf, participantOf, participantsOf, type Participant } from './extract/participants.ts';
export { coAuthorsOf, reviewersOf, type Reviewer, type ReviewKind } from './extract/people.ts';

// What a commit says: what
export { areaOf, OTHER_AREA, ROOT_AREA } from './extract/area.ts';
export { constitutionalRefsOf } from './extract/constitutional-refs.ts';
export { languageOf } from './extract/language.ts';
export { topicWordsOf } from './extract/topic-words.ts';
export { verbOf } from './extract/verb.ts';
export { verbs, type Verb } from './extract/verb-table.ts';

// What the provenance log keeps of it
export {
  factsOf,
  type CommitFacts,
  type FactCount,
  type FactPerson,
  type FactTrailer,
} from './extract/facts.ts';
export { REDACTED, redactEmails } from './extract/redact-emails.ts';

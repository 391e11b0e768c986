import { participantsOf } from '../extract/participants.ts';
import { plainText } from '../extract/plain-text.ts';
import { redactEmails } from '../extract/redact-emails.ts';
import { languageOf } from '../extract/language.ts';
import { areaOf } from '../extract/area.ts';
import { topicWordsOf } from '../extract/topic-words.ts';
import { verbOf } from '../extract/verb.ts';
import type { Commit } from '../git/commit.ts';

/** One capability that one commit shows of one agent. */
export interface Showing {
  readonly agentId: string;
  readonly type: 'TECHNOLOGY' | 'CONCEPT' | 'CAPABILITY';
  readonly name: string;
  readonly method: 'file_extension' | 'path_area' | 'subject_verb';
  /** How sure the extraction is, 0–1. */
  readonly confidence: number;
  /** What shows it: a path, or the subject. */
  readonly mention: string;
  readonly at: Date;
  readonly topics: readonly string[];
}

type Skill = Pick<Showing, 'type' | 'name' | 'method' | 'confidence' | 'mention'>;

const maxMention = 500;

/** What a commit shows of everybody who took part: languages, areas of the repository, and what was done. */
export function showingsOf(commit: Commit, tenantId: string): Showing[] {
  const skills = [...languagesOf(commit), ...areasOf(commit), ...doingOf(commit)];
  const topics = topicWordsOf(commit.subject);
  return participantsOf(commit, tenantId).flatMap(({ agentId }) =>
    skills.map((skill) => ({ ...skill, agentId, at: commit.authoredAt, topics })),
  );
}

function languagesOf(commit: Commit): Skill[] {
  return [...commit.changes.languages.keys()].map((name) => ({
    type: 'TECHNOLOGY',
    name,
    method: 'file_extension',
    confidence: 0.95,
    mention: mentionOf(commit.changes.paths.find((path) => languageOf(path) === name) ?? name),
  }));
}

function areasOf(commit: Commit): Skill[] {
  return [...commit.changes.areas.keys()].map((name) => ({
    type: 'CONCEPT',
    name,
    method: 'path_area',
    confidence: 0.9,
    mention: mentionOf(commit.changes.paths.find((path) => areaOf(path) === name) ?? name),
  }));
}

function doingOf(commit: Commit): Skill[] {
  const verb = verbOf(commit.subject);
  if (verb === undefined) return [];
  return [
    {
      type: 'CAPABILITY',
      name: verb,
      method: 'subject_verb',
      confidence: 0.8,
      mention: mentionOf(commit.subject),
    },
  ];
}

function mentionOf(text: string): string {
  return plainText(redactEmails(text), maxMention);
}

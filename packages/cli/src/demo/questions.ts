import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';

/** What a history offers to ask about, the best first. */
export interface Topics {
  /** A part of the repository, and a language somebody uses there; one may be missing. */
  readonly skill: { readonly area: string | null; readonly language: string | null } | undefined;
  readonly subjects: readonly string[];
  readonly people: readonly string[];
}

/** How many searches the demonstration shows. */
export const QUESTION_COUNT = 3;
const MAX_LENGTH = 200;

/** Three things to ask of a history, taken from the history, so that they fit any repository. */
export async function questionsOf(tx: TenantTransaction): Promise<string[]> {
  return chooseQuestions({
    skill: await findSkill(tx),
    subjects: await listSubjects(tx),
    people: await listPeople(tx),
  });
}

/**
 * One question of each kind, then more of any kind where one is missing. Fewer than three only if nobody in the history
 * has a name.
 */
export function chooseQuestions({ skill, subjects, people }: Topics): string[] {
  const askable = subjects.filter(hasWords);
  // Merges say little of their own.
  const subject = askable.find((candidate) => !candidate.startsWith('Merge ')) ?? askable[0];
  const person = people.find(hasWords);
  const first = [questionOfSkill(skill), subject, person];
  const more = [
    ...(person === undefined ? [] : [`what does ${person} work on`, `who works with ${person}`]),
    ...askable,
    ...people.filter(hasWords),
  ];
  const questions = [...first, ...more].filter((question) => question !== undefined).map(shorten);
  return [...new Set(questions)].slice(0, QUESTION_COUNT);
}

function questionOfSkill(skill: Topics['skill']): string | undefined {
  const { area = null, language = null } = skill ?? {};
  if (area === null) return language === null ? undefined : `who writes ${language}`;
  return `who works on ${area}${language === null ? '' : ` in ${language}`}`;
}

function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** In code points, so that none is cut in two. */
function shorten(text: string): string {
  return text.length <= MAX_LENGTH ? text : Array.from(text).slice(0, MAX_LENGTH).join('');
}

/** `(root)` and `(other)` are no places to ask for. A few areas only: every one with every language would be a lot. */
async function findSkill(tx: TenantTransaction): Promise<Topics['skill']> {
  const { rows } = await sql<{ area: string | null; language: string | null }>`
    with areas as (
      select agent_id, capability_name as name, demonstration_count as count, id
      from agent_capabilities_graph
      where tenant_id = ${tx.tenantId} and capability_type = 'CONCEPT' and capability_name not like '(%'
      order by demonstration_count desc, id
      limit 20
    ),
    languages as (
      select agent_id, capability_name as name, demonstration_count as count, id
      from agent_capabilities_graph
      where tenant_id = ${tx.tenantId} and capability_type = 'TECHNOLOGY'
    )
    select areas.name as area, languages.name as language
    from areas
    full join languages using (agent_id)
    order by
      areas.name is null, languages.name is null,
      coalesce(areas.count, 0) + coalesce(languages.count, 0) desc,
      areas.id, languages.id
    limit 1
  `.execute(tx);
  return rows[0];
}

/** Subjects from around the middle of the log, where a project has found what it is about. */
async function listSubjects(tx: TenantTransaction): Promise<string[]> {
  const { rows } = await sql<{ subject: string }>`
    select description as subject
    from caws_provenance_graph
    where tenant_id = ${tx.tenantId} and description is not null
    order by abs(seq - (select max(seq) / 2 from caws_provenance_graph where tenant_id = ${tx.tenantId})), seq
    limit 50
  `.execute(tx);
  return rows.map((row) => row.subject);
}

/** Those with the most capabilities first. */
async function listPeople(tx: TenantTransaction): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select agent.name
    from agent_profiles as agent
    left join agent_capabilities_graph as capability
      on capability.tenant_id = agent.tenant_id and capability.agent_id = agent.id
    where agent.tenant_id = ${tx.tenantId}
    group by agent.tenant_id, agent.id, agent.name
    order by count(capability.id) desc, agent.id
    limit 20
  `.execute(tx);
  return rows.map((row) => row.name);
}

/** What forgetting a subject does with a column that names it. */
export type SubjectFate =
  /** The row is about the subject: it goes. */
  | 'delete'
  /** The row is about something else: only the name goes. */
  | 'clear'
  /** The same, and the name is in a text with others: the text goes. */
  | 'clear text'
  /** In a row that goes because of another column of it, or a name that is no subject's. */
  | 'leave';

const ABOUT_AN_AGENT = { agent_id: 'delete' } as const;

/**
 * Every column that names an agent or a user of a tenant. A test compares it with the catalogue: a column that looks
 * like one and is not here fails it.
 */
export const SUBJECT_COLUMNS: Readonly<Record<string, Readonly<Record<string, SubjectFate>>>> = {
  agent_profiles: { id: 'delete' },
  agent_capabilities: ABOUT_AN_AGENT,
  agent_performance_history: ABOUT_AN_AGENT,
  agent_performance_events: ABOUT_AN_AGENT,
  current_load: ABOUT_AN_AGENT,
  task_assignments: { agent_id: 'delete', agent_name: 'leave' },
  task_execution_history: { agent_id: 'delete', agent_name: 'leave' },
  queue_configuration: { updated_by: 'clear' },
  knowledge_queries: { requester_id: 'delete' },
  verification_results: { verified_by: 'clear' },
  performance_events: ABOUT_AN_AGENT,
  agent_performance_profiles: ABOUT_AN_AGENT,
  benchmark_datasets: { created_by: 'clear', updated_by: 'clear' },
  benchmark_evaluations: { agent_id: 'delete', created_by: 'clear' },
  rl_training_batches: { agent_id: 'delete', created_by: 'clear' },
  performance_anomalies: { agent_id: 'delete', updated_by: 'clear' },
  data_quality_metrics: ABOUT_AN_AGENT,
  agent_capabilities_graph: { agent_id: 'delete', validated_by: 'clear' },
  agent_relationships: { source_agent_id: 'delete', target_agent_id: 'delete' },
  agent_relationship_history: { source_agent_id: 'delete', target_agent_id: 'delete' },
  agent_degrees: ABOUT_AN_AGENT,
  agent_cooccurrences: ABOUT_AN_AGENT,
  // What somebody searched for is about them.
  graph_search_sessions: { user_id: 'delete' },
  tenant_access_log: { user_id: 'clear' },
  // Its values are overwritten besides; the actor is a role of the database.
  audit_log: { user_id: 'clear', actor: 'leave' },
  git_commits: { author: 'clear text', message: 'clear text' },
};

/** Columns that keep only the beginning of a longer id, and how many characters. */
export const CUT_OFF: Readonly<Record<string, number>> = { 'graph_search_sessions.user_id': 100 };

/** Names of columns that name a subject, by the schema's own habits. */
export const LOOKS_LIKE_A_SUBJECT =
  /(?:^|_)(?:agent|user|requester|author|actor|owner|reviewer|assignee|member|person|subject)(?:_id|_name)?$|_by$/;

/** What a column that must not be null gets. */
export const FORGOTTEN = '(forgotten)';

/** What stays where it is, although it names the subject, and why. */
export const RETAINED_SUBJECTS: Readonly<Record<string, string>> = {
  caws_provenance_graph:
    'an append-only log that others verify: what was sealed for the subject is unreadable now, this was not',
};

/** Why anything else stays. */
export const RETAINED_TEXT = 'free text in a row that is about something else: look at it and decide';

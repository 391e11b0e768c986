-- Learning across tenants: who takes part, in which rounds, and what came out. A session and all that belongs to it are
-- the initiator's rows; others are named in columns that are no foreign keys, as a key would lead out of the tenant.

create table federated_participants (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  contribution_weight numeric(3, 2) not null default 1.0,
  privacy_level privacy_level not null default 'differential',
  reputation_score numeric(3, 2) not null default 0.5,
  active boolean not null default true,
  last_contribution timestamptz, -- null: never contributed
  total_contributions integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint federated_participants_pkey primary key (tenant_id),
  constraint federated_participants_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  -- NaN is greater than every number, so an upper bound is what keeps it out.
  constraint federated_participants_contribution_weight_check check (
    contribution_weight > 0 and contribution_weight < 'NaN'
  ),
  constraint federated_participants_reputation_score_check check (reputation_score between 0 and 1),
  constraint federated_participants_total_contributions_check check (total_contributions >= 0),
  constraint federated_participants_last_contribution_check check (
    (last_contribution is null) = (total_contributions = 0)
  )
);

create trigger update_federated_participants_updated_at
before update on federated_participants
for each row execute function update_updated_at_column();

comment on table federated_participants is 'Tenants that agreed to learn with others; one row each, its own.';
comment on column federated_participants.tenant_id is 'Tenant that takes part.';
comment on column federated_participants.contribution_weight is 'Weight of what it contributes.';
comment on column federated_participants.privacy_level is 'How its contributions are protected.';
comment on column federated_participants.reputation_score is 'How far its contributions are trusted, 0.00 to 1.00.';
comment on column federated_participants.active is 'Whether it takes part at present.';
comment on column federated_participants.last_contribution is 'When it last contributed; null if never.';
comment on column federated_participants.total_contributions is 'How often it contributed.';
comment on column federated_participants.created_at is 'When the row was made.';
comment on column federated_participants.updated_at is 'When the row last changed.';

create table federated_sessions (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  session_id uuid not null default gen_random_uuid(),
  topic varchar(500) not null,
  status varchar(20) not null default 'forming',
  privacy_metrics jsonb not null default '{}',
  convergence_score numeric(5, 4), -- null: nothing was aggregated yet
  settings jsonb not null default '{}',
  started_at timestamptz not null default now(),
  completed_at timestamptz, -- null: not over
  constraint federated_sessions_pkey primary key (tenant_id, session_id),
  constraint federated_sessions_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint federated_sessions_topic_check check (length(topic) > 0),
  constraint federated_sessions_status_check check (
    status in ('forming', 'active', 'aggregating', 'completed', 'failed')
  ),
  constraint federated_sessions_privacy_metrics_check check (jsonb_typeof(privacy_metrics) = 'object'),
  constraint federated_sessions_convergence_score_check check (convergence_score between 0 and 1),
  constraint federated_sessions_settings_check check (jsonb_typeof(settings) = 'object'),
  constraint federated_sessions_completed_at_check check (
    (completed_at is not null) = (status in ('completed', 'failed')) and completed_at >= started_at
  )
);

create index idx_federated_sessions_status on federated_sessions (tenant_id, status, started_at desc);

comment on table federated_sessions is 'Rounds of learning across tenants.';
comment on column federated_sessions.tenant_id is 'Tenant that initiated it.';
comment on column federated_sessions.session_id is 'Identifier of the session.';
comment on column federated_sessions.topic is 'What is to be learned.';
comment on column federated_sessions.status is 'forming, active, aggregating, completed, or failed.';
comment on column federated_sessions.privacy_metrics is 'What was spent of whose privacy budget, a JSON object.';
comment on column federated_sessions.convergence_score is 'How far the contributions agree, 0.0000 to 1.0000; null before they are aggregated.';
comment on column federated_sessions.settings is 'Settings, a JSON object.';
comment on column federated_sessions.started_at is 'When it was opened.';
comment on column federated_sessions.completed_at is 'When it ended; null until then.';

create table session_participants (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  session_id uuid not null,
  participant_tenant_id varchar(255) not null,
  joined_at timestamptz not null default now(),
  contribution_count integer not null default 0,
  reputation_at_join numeric(3, 2) not null,
  constraint session_participants_pkey primary key (tenant_id, session_id, participant_tenant_id),
  constraint session_participants_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint session_participants_session_id_fkey foreign key (tenant_id, session_id)
    references federated_sessions (tenant_id, session_id) on delete cascade,
  constraint session_participants_contribution_count_check check (contribution_count >= 0),
  constraint session_participants_reputation_at_join_check check (reputation_at_join between 0 and 1)
);

-- lint: allow index-without-tenant functions of the service role look up the sessions of the current tenant
create index idx_session_participants_participant on session_participants (participant_tenant_id);

comment on table session_participants is 'Who takes part in a session.';
comment on column session_participants.tenant_id is 'Tenant that initiated the session.';
comment on column session_participants.session_id is 'Session.';
comment on column session_participants.participant_tenant_id is 'Tenant that takes part.';
comment on column session_participants.joined_at is 'When it joined.';
comment on column session_participants.contribution_count is 'How often it contributed to the session.';
comment on column session_participants.reputation_at_join is 'Its reputation then, 0.00 to 1.00.';
comment on index idx_session_participants_participant is
  'Led by the participant: functions with the service role''s rights look up the sessions of the current tenant.';

create table aggregated_insights (
  tenant_id varchar(255) not null default app.current_tenant_id(),
  id uuid not null default gen_random_uuid(),
  session_id uuid not null,
  topic_key varchar(500) not null,
  aggregated_content jsonb not null,
  confidence_score numeric(3, 2) not null,
  source_participants integer not null,
  aggregation_method varchar(20) not null default 'weighted',
  privacy_preserved boolean not null,
  access_count integer not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz, -- null: kept with its session
  constraint aggregated_insights_pkey primary key (tenant_id, id),
  constraint unique_session_topic unique (tenant_id, session_id, topic_key),
  constraint aggregated_insights_tenant_id_fkey foreign key (tenant_id) references tenants (id) on delete cascade,
  constraint aggregated_insights_session_id_fkey foreign key (tenant_id, session_id)
    references federated_sessions (tenant_id, session_id) on delete cascade,
  constraint aggregated_insights_topic_key_check check (length(topic_key) > 0),
  constraint aggregated_insights_confidence_score_check check (confidence_score between 0 and 1),
  constraint aggregated_insights_source_participants_check check (source_participants > 0),
  constraint aggregated_insights_aggregation_method_check check (
    aggregation_method in ('weighted', 'consensus', 'hybrid')
  ),
  constraint aggregated_insights_access_count_check check (access_count >= 0)
);

create index idx_aggregated_insights_topic on aggregated_insights (tenant_id, topic_key, created_at desc);

comment on table aggregated_insights is 'What sessions found out: figures over several tenants, never a row of one.';
comment on column aggregated_insights.tenant_id is 'Tenant that initiated the session.';
comment on column aggregated_insights.id is 'Identifier of the insight.';
comment on column aggregated_insights.session_id is 'Session that it came from.';
comment on column aggregated_insights.topic_key is 'What it is about, unique in its session.';
comment on column aggregated_insights.aggregated_content is 'The figures, JSON.';
comment on column aggregated_insights.confidence_score is 'How sure they are, 0.00 to 1.00.';
comment on column aggregated_insights.source_participants is 'Tenants whose contributions are in them.';
comment on column aggregated_insights.aggregation_method is 'weighted, consensus, or hybrid.';
comment on column aggregated_insights.privacy_preserved is 'Whether noise and group sizes protect the contributors.';
comment on column aggregated_insights.access_count is 'How often it was read.';
comment on column aggregated_insights.created_at is 'When it was made.';
comment on column aggregated_insights.expires_at is 'When it is to be deleted; null: with its session.';

select
  app.isolate_tenant_table('federated_participants', 'tenant_id', 'tenant_participant_isolation'),
  app.isolate_tenant_table('federated_sessions', 'tenant_id', 'tenant_session_isolation'),
  app.isolate_tenant_table('session_participants', 'tenant_id', 'tenant_session_participant_isolation'),
  app.isolate_tenant_table('aggregated_insights', 'tenant_id', 'tenant_insight_isolation');

-- What it weighs and how it is trusted are not a participant's own to write; and whoever leaves stays, inactive, or would
-- come back with a new reputation.
grant select on federated_participants to agent_agency_app;
grant insert (tenant_id, privacy_level, active) on federated_participants to agent_agency_app;
grant update (privacy_level, active) on federated_participants to agent_agency_app;
grant select, insert, update, delete on
  federated_sessions, session_participants, aggregated_insights
  to agent_agency_app;
grant select on
  federated_participants, federated_sessions, session_participants, aggregated_insights
  to agent_agency_readonly;

drop table
  federated_partial_sums, federated_shares, federated_contributions, aggregated_insights, session_participants,
  federated_sessions, federated_participants;
drop function app.check_federated_progress();
drop function app.are_federated_settings(jsonb);
drop function app.read_federated_settings(jsonb);
drop type app.federated_settings;

drop table aggregated_insights, session_participants, federated_sessions, federated_participants;

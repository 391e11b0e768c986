drop view available_agents;
drop view agent_profiles_with_capabilities;

drop table current_load;
drop table agent_performance_events;
drop table agent_performance_history;
drop table agent_capabilities;
drop table agent_profiles;

drop function compute_utilization();
drop function update_updated_at_column();

drop schema app;

drop table agent_profiles;

drop function update_updated_at_column();

drop schema app;

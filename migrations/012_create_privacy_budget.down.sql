drop function app.request_federated_aggregate(
  varchar, varchar, varchar, varchar, integer, numeric, numeric, numeric, numeric, numeric
);
drop function app.is_aggregate(varchar, varchar, varchar, varchar, integer, numeric, numeric, numeric, numeric, numeric);
drop function app.require_learning_tenant();
drop function app.tenants_to_ask(varchar, varchar);
drop function app.privacy_noise(numeric, numeric, numeric);
drop function app.bounded_contributions(jsonb, text[]);
drop function app.read_privacy_release(uuid);
revoke select on performance_events from agent_agency_service;
drop policy performance_events_service on performance_events;
drop table app.privacy_releases;
revoke execute on function
  app.random_below(bigint), app.happens_with_exp(bigint, bigint), app.discrete_laplace(bigint, bigint)
  from agent_agency_service;
drop function app.discrete_gaussian(numeric, numeric);
drop function app.happens_with_exp_of(numeric, numeric);
drop function app.random_whole_below(numeric);
drop function app.put_privacy_config(varchar, jsonb);
drop function app.tighten_privacy_config(jsonb);
drop function app.change_privacy_config(varchar, jsonb, boolean);
drop function app.tenants_consent(varchar, varchar);
drop function app.consenting_tenants(varchar);
drop function app.charge_privacy_budget(varchar, numeric, numeric, numeric, varchar);
drop function app.spend_privacy_budget(varchar, numeric, numeric, numeric, varchar);
drop function app.zcdp_rho(numeric, numeric);
drop function app.zcdp_epsilon(numeric, numeric);
drop table tenant_privacy_ledger;
revoke select, update on tenant_privacy_config from agent_agency_service;
drop policy tenant_privacy_config_service_update on tenant_privacy_config;
drop policy tenant_privacy_config_service_select on tenant_privacy_config;
alter table tenant_privacy_config drop constraint tenant_privacy_config_composition_check;
alter table tenant_privacy_config drop column composition;

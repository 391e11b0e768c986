drop view
  web_rate_limit_status, web_traversal_analysis, web_extraction_performance, web_cache_performance,
  evidence_quality_analysis, method_performance, verification_performance, result_quality_analysis, query_performance;

drop function cleanup_expired_web_cache();

drop table
  web_extraction_metrics, web_rate_limits, web_cache, web_traversal_nodes, web_traversals, web_content,
  verification_cache, verification_evidence, verification_methods, verification_results, verification_requests,
  knowledge_cache, search_provider_health, knowledge_responses, search_results, knowledge_queries;

drop function update_traversal_statistics();

drop table task_research_provenance;

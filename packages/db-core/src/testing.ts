// For the tests of packages that stand on this one
export { TEST_CONTEXT_KEY } from './testing/test-context-key.ts';
export { applicationManager, createTestTenants } from './testing/managers.ts';
export type { DatabaseUnderTest } from './testing/managers.ts';
export { useApplication } from './testing/use-application.ts';
export type { Application } from './testing/use-application.ts';
export { runReadmeExample } from './testing/readme-example.ts';
export type { ExampleRun } from './testing/readme-example.ts';
export { explainStatements } from './testing/explain-statements.ts';
export type { PlanNode } from './testing/explain-statements.ts';

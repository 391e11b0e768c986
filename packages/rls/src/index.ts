// Audit
export { auditCatalogue, auditDatabase } from './audit/audit.ts';
export type { Audit, AuditOptions } from './audit/audit.ts';
export { readCatalogue } from './audit/catalogue/read-catalogue.ts';
export type { Connection as AuditConnection, Scope as AuditScope } from './audit/catalogue/read-catalogue.ts';
export type { Catalogue } from './audit/catalogue/catalogue.ts';
export { places } from './audit/finding.ts';
export type { Finding } from './audit/finding.ts';
export { allRules as rules, ruleGroups } from './audit/rules/all-rules.ts';
export { ruleTable, toSarif } from './audit/report.ts';

// Proving who can do what to whose rows
export { proveIsolation } from './prove/prove.ts';
export type { Proof, ProveOptions } from './prove/prove.ts';
export type { ProofConnection } from './prove/connection.ts';
export { passes } from './prove/cells.ts';
export type { Cell } from './prove/cells.ts';
export type { Coverage } from './prove/coverage.ts';
export { survives } from './prove/mutants/try-mutants.ts';
export type { MutantVerdict } from './prove/mutants/try-mutants.ts';
export type { Mutant } from './prove/mutants/mutants.ts';
export { matrixOf } from './prove/matrix.ts';
export type { Matrix } from './prove/matrix.ts';
export { describeProof, isProof, proofDocument } from './prove/report.ts';

// Errors
export { RlsError } from './errors.ts';
export type { RlsErrorCode } from './errors.ts';

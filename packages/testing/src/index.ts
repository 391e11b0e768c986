// A PostgreSQL from wherever there is one
export { startPostgres } from './start-postgres.ts';
export type { StartOptions } from './start-postgres.ts';
export type { OpenSource } from './sources/source.ts';
export type { PostgresKind, PostgresServer } from './server.ts';
export { stopOnExit } from './stop-on-exit.ts';
export type { Stoppable } from './stop-on-exit.ts';

// A PostgreSQL of one kind
export { startCluster } from './cluster.ts';
export type { ClusterOptions } from './cluster.ts';
export { startEmbedded } from './embedded.ts';
export type { EmbeddedOptions } from './embedded.ts';
export { provisionPostgres } from './provision/provision-postgres.ts';
export type { ProvisionOptions } from './provision/provision.ts';

// PgBouncer and replicas in front of and beside it
export { startPgBouncer } from './pgbouncer.ts';
export type { PgBouncer, PgBouncerOptions } from './pgbouncer.ts';
export type { PgBouncerRelease, PoolerChoice } from './pgbouncer-program.ts';
export { startReplicaSet } from './replica-set.ts';
export type { ReplicaSet, ReplicaSetOptions } from './replica-set.ts';
export { startReplica } from './replica.ts';
export type { Replica, ReplicaOptions } from './replica.ts';

// Faults
export type { CrashableServer } from './chaos/crashable-server.ts';
export { startProxy } from './chaos/proxy.ts';
export type { PostgresProxy, ProxyOptions, ProxyTarget } from './chaos/proxy.ts';
export type { WireMessage } from './chaos/protocol.ts';
export type { Conversation, Flight, RecordedMessage, Recording } from './chaos/recording.ts';

// Databases
export { createTemplate } from './template/create-template.ts';
export { createDatabase } from './template/create-database.ts';
export type { TestDatabase } from './template/create-database.ts';
export type {
  EmbeddedTemplateRef,
  Migrate,
  ServerTemplateRef,
  TemplateRef,
} from './template/template-ref.ts';

// SQL
export { connect, withSession } from './session.ts';
export type { SqlSession } from './session.ts';
export { allowLogin } from './allow-login.ts';
export { settlePlans } from './settle-plans.ts';

// Errors
export { TestingError } from './errors.ts';
export type { TestingErrorCode } from './errors.ts';

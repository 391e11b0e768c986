// Running migrations
export { migrateDown, migrateUp, migrationStatus } from './run.ts';
export type { MigrateOptions, MigrationEvent, MigrationStatus } from './run.ts';
export type { MigrationConnection } from './connection.ts';

// Reading and planning them
export { migrationsDirectory, readMigrations, schemaChecksum } from './migration-file.ts';
export type { Migration } from './migration-file.ts';
export { assertConsistent, planDown, planUp } from './plan.ts';
export type { AppliedMigration } from './journal.ts';

// Errors
export { MigrationError } from './migration-error.ts';
export type { MigrationErrorCode } from './migration-error.ts';

// Running migrations
export { migrateDown, migrateUp, migrationStatus } from './run.ts';
export type { MigrateOptions, MigrationEvent, MigrationStatus } from './run.ts';
export { previewMigrations } from './preview.ts';
export type { PlannedMigration, PreviewOptions } from './preview.ts';
export type { Direction } from './apply.ts';
export type { MigrationProgress } from './online.ts';
export type { MigrationConnection } from './connection.ts';

// Reading and planning them
export { migrationsDirectory, readMigrations, schemaChecksum } from './migration-file.ts';
export type { Migration } from './migration-file.ts';
export { assertConsistent, planDown, planLast, planUp } from './plan.ts';
export type { AppliedMigration } from './journal.ts';

// Writing and checking them
export { createMigration } from './create.ts';
export type { CreatedMigration } from './create.ts';
export { verifyMigrations } from './verify.ts';
export type { VerifyDifference, VerifyOptions, VerifyReport, VerifyStep } from './verify.ts';
export { compareCatalogues, describeCatalogue } from './catalogue.ts';

// Errors
export { MigrationError } from './migration-error.ts';
export type { MigrationErrorCode } from './migration-error.ts';

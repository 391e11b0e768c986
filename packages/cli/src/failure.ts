import { ExitCode } from './exit-codes.ts';
import { Interrupted, type StopSignal } from './interruption.ts';

/** A problem of the command line itself: one sentence, with what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}

/** How a failed command is reported. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  /** Only for a defect of this program: where it happened. */
  readonly stack?: string;
}

/** Errors of ours whose cause is what was asked, not the database. */
const INPUT_CODES = new Set([
  'INVALID_INPUT',
  'INVALID_ARGUMENT',
  'INVALID_CONFIG',
  'EMPTY_TEXT',
  'TENANT_EXISTS',
  'TENANT_NOT_FOUND',
  'TENANT_ACTIVE',
  'TRANSFER_DAMAGED',
  'SCHEMA_DIFFERS',
  'SIGNATURE_INVALID',
  'AGENT_NOT_FOUND',
  'AGENT_AMBIGUOUS',
  'BAD_FILE',
  'UNKNOWN_VERSION',
  'KEY_INVALID',
  'KEY_ID_MISMATCH',
  'KEY_NAME_INVALID',
  'TRAILER_INVALID',
  'TRUST_INVALID',
  'NOTE_INVALID',
  'CHECKPOINT_INVALID',
  'DOCUMENT_INVALID',
  'NODE_INVALID',
  'NODE_NOT_FOUND',
  'ENTITY_TAKEN',
  'KEY_STATEMENT_INVALID',
  'CHECKPOINT_MISSING',
  'BUNDLE_INVALID',
  'ORIGIN_MISMATCH',
  'PORT_IN_USE',
  'DATA_DIRECTORY_INVALID',
  'DATA_DIRECTORY_IN_USE',
  'ROLE_UNKNOWN',
  'SCHEMA_UNKNOWN',
  'SUBJECT_UNKNOWN',
]);
/** What was looked at is not as it must be: somebody has changed it. */
const CHECK_CODES = new Set(['LOG_REWOUND', 'LOG_CORRUPT', 'TREE_CORRUPT']);
const INPUT_ERRORS = new Set(['GitIngestError', 'UsageError']);
const OWN_ERRORS = new Set([
  ...INPUT_ERRORS,
  'DatabaseError',
  'MigrationError',
  'TenancyError',
  'AgentRegistryError',
  'GraphError',
  'ProvenanceError',
  'RlsError',
  'SearchError',
  'TestingError',
]);

const STOPPED: Readonly<Record<StopSignal, ExitCode>> = {
  SIGHUP: ExitCode.hungUp,
  SIGINT: ExitCode.interrupted,
  SIGTERM: ExitCode.terminated,
};

/** Sorts an error that ended a command. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { exitCode: ExitCode.defect, code: 'DEFECT', message: String(error) };
  const { message } = error;
  if (error instanceof Interrupted) return { exitCode: STOPPED[error.signal], code: error.code, message };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'DEFECT';
  if (OWN_ERRORS.has(error.name)) {
    return { exitCode: exitCodeOf(error.name, code), code, message };
  }
  if (isServerError(error)) {
    const refusal = `PostgreSQL refused a statement: ${message} (SQLSTATE ${code})`;
    return { exitCode: ExitCode.database, code: 'QUERY_FAILED', message: refusal };
  }
  if (isSystemError(error)) return failureOfSystem(error);
  return {
    exitCode: ExitCode.defect,
    code: 'DEFECT',
    message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  };
}

function exitCodeOf(name: string, code: string): ExitCode {
  if (CHECK_CODES.has(code)) return ExitCode.checkFailed;
  return INPUT_ERRORS.has(name) || INPUT_CODES.has(code) ? ExitCode.usage : ExitCode.database;
}

/** An administrator's connection passes the server's errors on as node-postgres makes them. */
function isServerError(error: Error): boolean {
  return 'severity' in error && 'code' in error && /^[0-9A-Z]{5}$/.test(String(error.code));
}

/** Whether the operating system refused something: a file, a folder, a connection. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'errno' in error && 'syscall' in error;
}

function failureOfSystem({ code = 'UNKNOWN', message, path }: NodeJS.ErrnoException): Failure {
  // Without a path it was a connection, and the only ones are to the database.
  if (path === undefined) {
    const broken = `the connection to PostgreSQL broke: ${message}`;
    return { exitCode: ExitCode.database, code: 'CONNECTION_LOST', message: broken };
  }
  return { exitCode: ExitCode.usage, code, message: `the system refuses ${path}: ${message}` };
}

/** Facts about an error that are safe to log: never row values, parameters, vectors or connection strings. */
export type ErrorDetails = Readonly<
  Record<string, string | number | boolean | null | readonly string[] | readonly number[]>
>;

export interface DataLayerErrorOptions {
  /** The whole transaction may be run again, and nothing has happened. Default: false. */
  readonly retryable?: boolean;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('@agent-agency/error');

/**
 * Base of every error of the data layer. The class names the package, the code names the case.
 *
 * A message is one clause for people: what is wrong, and what to do. Code that decides compares `code`.
 */
export class DataLayerError<Code extends string = string> extends Error {
  override readonly name: string = 'DataLayerError';
  readonly code: Code;
  readonly retryable: boolean;
  readonly details: ErrorDetails;
  readonly [BRAND] = true;

  constructor(code: Code, message: string, options: DataLayerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** Recognises a data layer error, also one that another copy of the package threw; with `code`, only that one. */
export function isDataLayerError(error: unknown, code?: string): error is DataLayerError {
  return (
    typeof error === 'object' &&
    error !== null &&
    BRAND in error &&
    (code === undefined || (error as DataLayerError).code === code)
  );
}

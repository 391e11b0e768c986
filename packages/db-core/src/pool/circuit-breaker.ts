import {
  circuitBreaker,
  CircuitState as State,
  ConsecutiveBreaker,
  ExponentialBackoff,
  halfJitterGenerator,
  handleWhen,
  isBrokenCircuitError,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { DatabaseError } from '../errors/database-error.ts';
import type { CircuitState, PoolEventEmitter } from '../events/pool-events.ts';

/** Attempts to connect that have to fail one after another before the database counts as down. */
const FAILURES = 5;
/** How long it is left alone then: at first, and at most, growing with every attempt that fails. */
const REST_MS = 500;
const LONGEST_REST_MS = 10_000;

const NAMES: Readonly<Record<State, CircuitState>> = {
  [State.Closed]: 'closed',
  [State.Open]: 'open',
  [State.HalfOpen]: 'half-open',
  [State.Isolated]: 'open',
};

/**
 * Spares a database that is down the attempts of everybody who waits, and them the waiting.
 *
 * After some failures to connect in a row it refuses at once; after a rest one attempt finds out how things are.
 * Connections that are open already are not its business.
 */
export class CircuitBreaker {
  readonly #policy: CircuitBreakerPolicy;

  constructor(events: PoolEventEmitter) {
    this.#policy = circuitBreaker(handleWhen(isDown), {
      breaker: new ConsecutiveBreaker(FAILURES),
      halfOpenAfter: new ExponentialBackoff({
        generator: halfJitterGenerator,
        initialDelay: REST_MS,
        maxDelay: LONGEST_REST_MS,
      }),
    });
    this.#policy.onStateChange((state) => {
      events.emit('circuitChanged', { state: NAMES[state] });
    });
  }

  get state(): CircuitState {
    return NAMES[this.#policy.state];
  }

  /** @throws {DatabaseError} `CIRCUIT_OPEN` while the database is left alone, and whatever `connect` throws. */
  async run(connect: () => Promise<void>): Promise<void> {
    try {
      await this.#policy.execute(connect);
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      throw new DatabaseError(
        'CIRCUIT_OPEN',
        `PostgreSQL did not answer ${FAILURES} times in a row and is left alone for a moment: is it running?`,
        { retryable: true, cause: this.#lastFailure() },
      );
    }
  }

  #lastFailure(): unknown {
    const failure = this.#policy.lastFailure;
    return failure !== undefined && 'error' in failure ? failure.error : undefined;
  }
}

/** Not a wrong password: asking again does not overload anything, and the answer says what to do. */
function isDown(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === 'UNREACHABLE';
}

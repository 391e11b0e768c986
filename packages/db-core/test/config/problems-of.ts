import { configFromEnv, isDataLayerError } from '../../src/index.ts';

/** What is wrong with an environment, as one message. Fails when it is accepted. */
export function problemsOf(env: Readonly<Record<string, string>>): string {
  try {
    configFromEnv(env);
  } catch (error) {
    if (isDataLayerError(error, 'INVALID_CONFIG')) return error.message;
    throw error;
  }
  throw new Error('the environment was accepted');
}

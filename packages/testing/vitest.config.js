import { defineProject, mergeConfig } from 'vitest/config';
import { shared } from '../../vitest.shared.js';

// PGlite's code is run too shortly to be worth optimising.
export default mergeConfig(
  shared,
  defineProject({ test: { name: 'testing', execArgv: ['--liftoff-only'] } }),
);

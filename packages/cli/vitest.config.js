import { defineProject, mergeConfig } from 'vitest/config';
import { postgres, shared } from '../../vitest.shared.js';

// PGlite's code is run too shortly to be worth optimising.
export default mergeConfig(
  shared,
  defineProject({ test: { name: 'cli', execArgv: ['--liftoff-only'], globalSetup: [postgres] } }),
);

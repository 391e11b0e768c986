import { defineProject, mergeConfig } from 'vitest/config';
import { postgres, shared } from '../../vitest.shared.js';

// Its tests listen to signals and change the environment.
export default mergeConfig(
  shared,
  defineProject({ test: { name: 'cli', globalSetup: [postgres], isolate: true } }),
);

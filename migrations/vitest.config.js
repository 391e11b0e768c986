import { defineProject, mergeConfig } from 'vitest/config';
import { postgres, shared } from '../vitest.shared.js';

// Starting a worker for each of its files would take half as long as the tests.
export default mergeConfig(
  shared,
  defineProject({ test: { name: 'migrations', globalSetup: [postgres], isolate: false } }),
);

import { defineProject, mergeConfig } from 'vitest/config';
import { postgres, shared } from '../vitest.shared.js';

export default mergeConfig(shared, defineProject({ test: { name: 'migrations', globalSetup: [postgres] } }));

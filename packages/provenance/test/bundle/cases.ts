import type { BundleCase } from './honest-bundle.ts';
import { keyCases } from './key-cases.ts';
import { logCases } from './log-cases.ts';
import { nodeCases } from './node-cases.ts';

export const cases: readonly BundleCase[] = [...logCases, ...nodeCases, ...keyCases];

import { noImportAcrossPackages } from './no-import-across-packages.js';
import { noPoolOutsideDbCore } from './no-pool-outside-db-core.js';

/**
 * The plugin, for the `plugins` key of a flat configuration. Name it `agent-agency` there.
 *
 * @type {import('eslint').ESLint.Plugin}
 */
export const plugin = {
  meta: { name: '@agent-agency/eslint-plugin' },
  rules: {
    'no-import-across-packages': noImportAcrossPackages,
    'no-pool-outside-db-core': noPoolOutsideDbCore,
  },
};

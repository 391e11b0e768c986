import { createRequire } from 'node:module';
import type * as louvain from 'graphology-communities-louvain';
import type * as betweenness from 'graphology-metrics/centrality/betweenness.js';
import type * as pageRank from 'graphology-metrics/centrality/pagerank.js';

// CommonJS modules whose types say `export default`: what an import gives is taken for the module, not for the function.
const require = createRequire(import.meta.url);

export const graphologyPageRank =
  require('graphology-metrics/centrality/pagerank') as typeof pageRank.default.default;
export const graphologyBetweenness =
  require('graphology-metrics/centrality/betweenness') as typeof betweenness.default.default;
export const graphologyLouvain = require('graphology-communities-louvain') as typeof louvain.default.default;

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @type {Map<string, string | undefined>} */
const roots = new Map();

/**
 * The folder of the package a folder belongs to: the nearest one upwards with a package.json.
 *
 * **Cost** one look at the file system a folder and process.
 *
 * @param {string} folder absolute
 * @returns {string | undefined}
 */
export function packageRoot(folder) {
  if (!roots.has(folder)) roots.set(folder, findRoot(folder));
  return roots.get(folder);
}

/**
 * @param {string} folder
 * @returns {string | undefined}
 */
function findRoot(folder) {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : packageRoot(above);
}

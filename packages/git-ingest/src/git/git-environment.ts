import { devNull } from 'node:os';

/** Variables that say where the user's configuration and git itself are, and how far git may look for a repository. */
const kept = new Set([
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CEILING_DIRECTORIES',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
  'GIT_EXEC_PATH',
  // Makes git stricter, never laxer: with it any user can test what happens in a repository of somebody else's.
  'GIT_TEST_ASSUME_DIFFERENT_OWNER',
]);

/**
 * The environment git runs in. All other `GIT_*` variables are dropped: a caller that is itself started by git (a hook,
 * an alias) has GIT_DIR and GIT_INDEX_FILE set, and they would silently lead to another repository than the path names.
 */
export function gitEnvironment(inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(inherited).filter(([name]) => !name.startsWith('GIT_') || kept.has(name));
  return {
    ...Object.fromEntries(own),
    LC_ALL: 'C',
    LANGUAGE: '',
    // Reading never writes, never asks, and never goes to the network (a partial clone would fetch what it lacks).
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    // The same for versions of git that do not know the variable above.
    GIT_ALLOW_PROTOCOL: 'none',
    // A commit id must lead to the very commit that it is the hash of.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: devNull,
  };
}

/**
 * Configuration that could change the output and has no command line switch, or that could start a program. What has a
 * switch is switched in `logArguments`. The user's own configuration stays readable: `safe.directory` and
 * `mailmap.file` are in it.
 */
export const pinnedConfiguration: readonly string[] = [
  'core.commentChar=#',
  'core.fsmonitor=false',
  `core.hooksPath=${devNull}`,
  'trailer.separators=:',
].flatMap((setting) => ['-c', setting]);

import { fileURLToPath } from 'node:url';

/** The folder of the repository, absolute. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

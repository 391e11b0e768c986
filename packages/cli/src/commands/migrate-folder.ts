import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface FolderOption {
  /** Folder of the migrations; default: those of the data layer itself. */
  readonly directory?: string;
}

/** The same for the functions of `@agent-agency/migrations`. */
export function folderOf({ directory }: FolderOption): { readonly directory?: URL } {
  return directory === undefined ? {} : { directory: pathToFileURL(`${resolve(directory)}/`) };
}

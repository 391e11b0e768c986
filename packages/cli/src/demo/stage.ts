import type { ConnectionPoolManager } from '@agent-agency/db-core';
import type { CommandContext } from '../command-context.ts';
import type { ScratchDatabase } from '../scratch-database.ts';
import type { Steps } from './steps.ts';

/** The tenant that owns the repository of whoever runs the demonstration. */
export const A = 'tenant-a';
/** The tenant beside it. */
export const B = 'tenant-b';

/** What the parts of the demonstration share. */
export interface Stage {
  readonly manager: ConnectionPoolManager;
  readonly database: ScratchDatabase;
  readonly steps: Steps;
  readonly terminal: CommandContext['terminal'];
  readonly signal: AbortSignal;
}

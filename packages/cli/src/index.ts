// The command line, for programs that wrap it
export { main } from './main.ts';
export type { Process } from './main.ts';
export type { Streams } from './terminal.ts';
export type { Environment } from './environment.ts';
export { ExitCode } from './exit-codes.ts';
export { Interrupted } from './interruption.ts';
export type { StopSignal } from './interruption.ts';

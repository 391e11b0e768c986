/** What the process answers. Everything printed before it says why. */
export const ExitCode = {
  ok: 0,
  /** What was asked was checked, and is not so. */
  checkFailed: 1,
  /** The command line or its input is wrong. */
  usage: 2,
  /** The database refused or could not be reached. */
  database: 3,
  /** A defect of this program. */
  defect: 70,
  /** The terminal was closed: 128 + SIGHUP. */
  hungUp: 129,
  /** Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
  /** 128 + SIGTERM. */
  terminated: 143,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

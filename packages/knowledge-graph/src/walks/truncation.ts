/** That a walk ended early, so that something may be missing. */
export interface Truncation {
  /** Which budget was used up; `fan-out`: an agent has more relationships than are followed. */
  readonly reason: 'nodes' | 'edges' | 'time' | 'fan-out';
}

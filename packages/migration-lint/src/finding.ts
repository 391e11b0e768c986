import type { Finding as AnyFinding, Places } from '@agent-agency/findings';
import { compareText } from '@agent-agency/findings';
import type { Position } from './sql/source.ts';

/** One thing that a rule found, and where. */
export interface Finding extends AnyFinding, Position {
  /** Name of the file, as it was given, with its ending. */
  readonly file: string;
}

/** A line and a column of a file, as compilers write them. */
export const places: Places<Finding> = {
  text: ({ file, line, column }) => `${file}:${line}:${column}`,
  compare: (one, other) =>
    compareText(one.file, other.file) || one.line - other.line || one.column - other.column,
  location: ({ file, line, column }) => ({
    physicalLocation: {
      artifactLocation: { uri: file },
      region: { startLine: line, startColumn: column },
    },
  }),
};

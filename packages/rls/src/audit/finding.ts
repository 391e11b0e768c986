import { compareText, type Finding as AnyFinding, type Places } from '@agent-agency/findings';

/** One thing that a rule found, and at which object of the database. */
export interface Finding extends AnyFinding {
  /** `schema.table`, `schema.table.policy`, `role app`, … */
  readonly place: string;
}

/** Objects of a catalogue. */
export const places: Places<Finding> = {
  text: ({ place }) => place,
  compare: (one, other) => compareText(one.place, other.place),
  location: ({ place }) => ({
    logicalLocations: [{ fullyQualifiedName: place }],
    // Code hosts refuse a result that is in no file.
    physicalLocation: { artifactLocation: { uri: `database/${encodeURIComponent(place)}` } },
  }),
};

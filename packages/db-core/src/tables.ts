/**
 * Rows of every table that the program can see. Empty here: each package adds its own tables by `declare module`, so
 * that a package sees only the tables of the packages it imports.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- open for declaration merging
export interface Tables {}

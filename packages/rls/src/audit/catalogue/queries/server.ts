export interface ServerRow {
  /** `server_version_num`: 170006 is 17.6. */
  readonly version: number;
  readonly version_text: string;
}

export const SERVER = `
  select
    current_setting('server_version_num')::integer as version,
    current_setting('server_version') as version_text`;

import { z } from 'zod';
import { parseConfig, SETTING_SCHEMAS } from '../src/config.ts';
import { URL_PARAMETERS } from '../src/config/database-url.ts';
import { type Setting, type SettingName, SETTINGS } from '../src/config/settings.ts';
import { markdownTable } from './markdown-table.ts';

const DEFAULTS: Readonly<Record<string, unknown>> = parseConfig({});

/** docs/reference/configuration.md. */
export function configurationReference(): string {
  const settings = (Object.entries(SETTINGS) as [SettingName, Setting][]).map(settingRow);
  const parameters = [...URL_PARAMETERS].map(([name, { setting, form }]) => [
    code(name),
    code(setting),
    form.takes,
  ]);
  return `${HEAD}
## Variables

${markdownTable(['variable', 'setting', 'takes', 'default', 'meaning'], ...settings)}

${RULES}
## DATABASE_URL

${URL_TEXT}
${markdownTable(['parameter', 'setting', 'takes'], ...parameters)}

${REST}`;
}

function settingRow([name, setting]: [SettingName, Setting]): string[] {
  const { variables, meaning, defaultText } = setting;
  return [
    variables.map(([variable]) => code(variable)).join(' '),
    code(name),
    `${variables[0]?.[1].takes ?? ''}${rangeOf(name)}`,
    defaultText ?? code(String(DEFAULTS[name])),
    meaning,
  ];
}

function rangeOf(name: SettingName): string {
  if (name === 'ssl.ca') return '';
  const schema = SETTING_SCHEMAS[name].unwrap();
  return schema instanceof z.ZodNumber ? `, ${String(schema.minValue)} to ${String(schema.maxValue)}` : '';
}

function code(text: string): string {
  return `\`${text}\``;
}

const HEAD = `# Configuration

<!-- Written by packages/db-core/scripts/generate-configuration-reference.ts: do not edit. -->

\`configFromEnv()\` and \`initializeFromEnv()\` read these variables; \`parseConfig()\` and \`initialize()\` take the
settings by name. Everything that is wrong is reported at once, as one \`INVALID_CONFIG\` that names variables and settings
and repeats no value.
`;

const RULES = `- **Limits** (\`…Ms\`): 0 switches that limit off.
- **Durations**: a variable that ends in \`_MS\` takes milliseconds. The other names of the same setting take a whole
  number and its unit, \`500ms\`, \`30s\`, \`10m\` or \`1h\`, or \`0\`.
- **Aliases**: where a setting has several variables, any one will do. Two that say the same are fine; two that say
  different things are a problem, and neither wins. The same holds for \`DATABASE_URL\` beside \`DB_HOST\` and the like.
- An **empty** variable counts as absent. Spaces around a value are a problem, except in \`DB_PASSWORD\`, which is taken as
  it is.
- **Whole numbers** are decimal digits: no sign, point, exponent or \`0x\`.
- Other variables that begin with \`DB_\` are left to other programs, also \`DB_SUPERUSER\`, \`DB_SUPERPASSWORD\`,
  \`DB_APP_PASSWORD\`, \`DB_MIGRATION_TABLE\` and \`DB_MIGRATION_PATH\`.
`;

const URL_TEXT = `\`postgres://user:password@host:5432/database?sslmode=verify-full\`. What the URL leaves out may come from \`DB_HOST\`,
\`DB_PASSWORD\` and the like, or is the default. In user and password, \`/ @ : # ? %\` are written as
\`%2F %40 %3A %23 %3F %25\`. A UNIX socket's folder is \`postgres:///database?host=/var/run/postgresql\`, or the host
\`%2Fvar%2Frun%2Fpostgresql\`. Several hosts in one URL are a problem: replicas go into \`DB_REPLICA_URLS\`.
`;

const REST = `- **TLS**: \`require\`, \`verify-ca\` and \`verify-full\` are the same here: the certificate and the name in it are verified.
  \`prefer\` and \`allow\` are refused: whoever sits between client and server can make them send everything in plain text.
  \`sslrootcert\` switches TLS on by itself; \`system\` stands for the authorities that Node.js trusts.
- libpq's other parameters are refused by name, so that none is ignored silently; for \`options\`, there are the limits
  above, and \`alter role … set\`.

## DB_REPLICA_URLS

URLs as above with commas between them; a comma in a URL is written \`%2C\`. Whatever a URL leaves out, TLS included, is as
it is for the primary; TLS is off for a replica on a UNIX socket. \`application_name\` and \`connect_timeout\` belong to the
whole pool, so a replica's URL may not have them.

## Only in code

- \`ssl.servername\`: the name that the certificate has to have, where it is not the host's.
- \`queryTimeoutMs\`: the old name of \`statementTimeoutMs\`. It is the server that cancels, never the client.
- \`configFromEnv(env, defaults)\`: what holds where the environment says nothing.
`;

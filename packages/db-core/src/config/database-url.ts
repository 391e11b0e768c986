import { type Form, PEM_FILE, SECONDS, SECRET, SSL_MODE, TEXT, WHOLE_NUMBER } from './forms.ts';
import { Problems, Unacceptable } from './problems.ts';

/** What a URL can say. */
export type UrlSetting =
  | 'host'
  | 'port'
  | 'database'
  | 'user'
  | 'password'
  | 'ssl'
  | 'ssl.ca'
  | 'applicationName'
  | 'connectionTimeoutMs';

export interface UrlParameter {
  readonly setting: UrlSetting;
  readonly form: Form;
}

/** libpq's parameters that this pool takes. The first five are also the parts before the `?`. */
export const URL_PARAMETERS: ReadonlyMap<string, UrlParameter> = new Map<string, UrlParameter>([
  ['host', { setting: 'host', form: TEXT }],
  ['port', { setting: 'port', form: WHOLE_NUMBER }],
  ['dbname', { setting: 'database', form: TEXT }],
  ['user', { setting: 'user', form: TEXT }],
  ['password', { setting: 'password', form: SECRET }],
  ['sslmode', { setting: 'ssl', form: SSL_MODE }],
  ['sslrootcert', { setting: 'ssl.ca', form: PEM_FILE }],
  ['application_name', { setting: 'applicationName', form: TEXT }],
  ['connect_timeout', { setting: 'connectionTimeoutMs', form: SECONDS }],
]);

/** libpq's others. These words are named in messages, and nothing else of a URL: it may be a part of the password. */
const UNSUPPORTED_PARAMETERS: ReadonlySet<string> = new Set([
  ...['channel_binding', 'client_encoding', 'fallback_application_name', 'gssdelegation', 'gssencmode'],
  ...['gsslib', 'hostaddr', 'keepalives', 'keepalives_count', 'keepalives_idle', 'keepalives_interval'],
  ...['krbsrvname', 'load_balance_hosts', 'max_protocol_version', 'min_protocol_version', 'options'],
  ...['passfile', 'replication', 'require_auth', 'requirepeer', 'service', 'ssl_max_protocol_version'],
  ...[
    'ssl_min_protocol_version',
    'sslcert',
    'sslcertmode',
    'sslcompression',
    'sslcrl',
    'sslcrldir',
    'sslkey',
  ],
  ...['sslnegotiation', 'sslpassword', 'sslsni', 'target_session_attrs', 'tcp_user_timeout'],
]);

const ESCAPES = 'in user and password write / as %2F, @ as %40, : as %3A, # as %23, ? as %3F and % as %25';

/** Stands where a URL has a user and no host, which libpq allows and the parser does not. */
const NO_HOST = 'no-host.invalid';

/**
 * What a database URL says. What is wrong with it is said without any part of it: where a password has characters that
 * it should not have, any part may be the password's.
 *
 * @throws {Unacceptable} with every problem of its parts.
 */
export function parseDatabaseUrl(text: string): ReadonlyMap<UrlSetting, unknown> {
  const url = urlOf(text);
  const said = new Map<UrlSetting, unknown>();
  const problems = new Problems();
  for (const [name, value] of [...addressOf(url), ...parametersOf(url.search)]) {
    if (value === '') continue;
    const parameter = URL_PARAMETERS.get(name);
    if (parameter === undefined) {
      problems.all.push(unknownParameter(name));
    } else if (said.has(parameter.setting)) {
      problems.all.push(`(${name}) is said twice: leave one out`);
    } else {
      const { setting, form } = parameter;
      said.set(
        setting,
        problems.attempt(`(${name})`, () => form.read(value)),
      );
    }
  }
  problems.assertNone();
  return said;
}

function urlOf(text: string): URL {
  // The parser takes line ends and tabs away, and the password would be another one.
  if (/[\t\r\n]/.test(text.trim())) throw new Unacceptable('has a line end or a tab in it: take it away');
  const url = URL.parse(text) ?? URL.parse(text.replace(/^(\w+:\/\/[^/?#]*@)(?=[/?])/, `$1${NO_HOST}`));
  if (url === null) {
    throw new Unacceptable(`is not a URL: write postgres://user:password@host:5432/database, and ${ESCAPES}`);
  }
  if (!['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new Unacceptable('has to begin with postgres://');
  }
  // Where a password ends the address too early, what should have ended it comes later.
  if (url.hash !== '' || /[/@]/.test(url.pathname.slice(1)) || url.search.includes('@')) {
    throw new Unacceptable(`has no single database name, or an @ or # after it: ${ESCAPES}`);
  }
  return url;
}

function addressOf(url: URL): [name: string, value: string][] {
  const host = url.hostname === NO_HOST ? '' : decode(url.hostname);
  return [
    ['host', host.replace(/^\[(?<address>.*)\]$/, '$<address>')],
    ['port', url.port],
    ['dbname', decode(url.pathname.slice(1))],
    ['user', decode(url.username)],
    ['password', decode(url.password)],
  ];
}

/** Not `URLSearchParams`, which takes + for a space: libpq does not. */
function parametersOf(search: string): [name: string, value: string][] {
  const parameters = search.slice(1).split('&').filter(Boolean);
  return parameters.map((parameter) => {
    const [name = '', ...value] = parameter.split('=');
    return [decode(name), decode(value.join('='))];
  });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) throw new Unacceptable(`has a % that escapes nothing: ${ESCAPES}`);
    throw error;
  }
}

function unknownParameter(name: string): string {
  if (name === 'options') {
    return '(options) is not taken: use DB_STATEMENT_TIMEOUT_MS and the like, or `alter role … set`';
  }
  if (UNSUPPORTED_PARAMETERS.has(name)) return `(${name}) is not taken: leave it out`;
  return `has a parameter other than ${[...URL_PARAMETERS.keys()].join(', ')}: leave it out, and ${ESCAPES}`;
}

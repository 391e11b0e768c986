import type { DatabaseConfig } from '../config.ts';

type Address = Pick<DatabaseConfig, 'host' | 'port' | 'database' | 'user' | 'password' | 'ssl'>;

/** Whether the server is verified and how; of the certificates to trust only that there are some. */
type RedactedSsl =
  false | { readonly rejectUnauthorized: boolean; readonly hasOwnCa: boolean; readonly servername?: string };

type RedactedAddress = Omit<Address, 'password' | 'ssl'> & { readonly ssl: RedactedSsl };

/** The configuration without its secrets, for logs and for people. */
export type RedactedConfig = Omit<DatabaseConfig, keyof Address | 'contextKey' | 'replicas'> &
  RedactedAddress & {
    readonly contextKeyId?: string;
    readonly replicas: readonly RedactedAddress[];
  };

export function redactConfig({ contextKey, replicas, ...config }: DatabaseConfig): RedactedConfig {
  const redacted = { ...redactAddress(config), replicas: replicas.map(redactAddress) };
  return contextKey === undefined ? redacted : { ...redacted, contextKeyId: contextKey.keyId };
}

function redactAddress<T extends Address>({ password: _, ssl, ...rest }: T) {
  return { ...rest, ssl: redactSsl(ssl) };
}

function redactSsl(ssl: DatabaseConfig['ssl']): RedactedSsl {
  if (ssl === false) return false;
  const { rejectUnauthorized, ca, servername } = ssl;
  return {
    rejectUnauthorized,
    hasOwnCa: ca !== undefined,
    ...(servername === undefined ? {} : { servername }),
  };
}

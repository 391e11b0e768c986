/** Who speaks on a connection. */
export type Side = 'client' | 'server';

/** What the letters of the protocol (version 3) stand for; several mean different things from either side. */
const namesByType: Record<Side, Readonly<Record<string, string>>> = {
  client: {
    B: 'Bind',
    C: 'Close',
    D: 'Describe',
    E: 'Execute',
    F: 'FunctionCall',
    H: 'Flush',
    P: 'Parse',
    Q: 'Query',
    S: 'Sync',
    X: 'Terminate',
    c: 'CopyDone',
    d: 'CopyData',
    f: 'CopyFail',
    // Also the answers to SASL and GSSAPI, which only the exchange before tells apart.
    p: 'PasswordMessage',
  },
  server: {
    1: 'ParseComplete',
    2: 'BindComplete',
    3: 'CloseComplete',
    A: 'NotificationResponse',
    C: 'CommandComplete',
    D: 'DataRow',
    E: 'ErrorResponse',
    G: 'CopyInResponse',
    H: 'CopyOutResponse',
    I: 'EmptyQueryResponse',
    K: 'BackendKeyData',
    N: 'NoticeResponse',
    R: 'Authentication',
    S: 'ParameterStatus',
    T: 'RowDescription',
    V: 'FunctionCallResponse',
    W: 'CopyBothResponse',
    Z: 'ReadyForQuery',
    c: 'CopyDone',
    d: 'CopyData',
    n: 'NoData',
    s: 'PortalSuspended',
    t: 'ParameterDescription',
    v: 'NegotiateProtocolVersion',
  },
};

/** The name of a message in PostgreSQL's documentation. */
export function nameOf(from: Side, type: string): string {
  return namesByType[from][type] ?? 'Unknown';
}

/** What a client may say first, when it is not the startup message itself. */
const requestsByCode: Readonly<Record<number, string>> = {
  80877102: 'CancelRequest',
  80877103: 'SSLRequest',
  80877104: 'GSSENCRequest',
};

/** The name of a message that comes before the first letter, by its code; a version is the startup message's. */
export function nameOfStartup(code: number): string {
  return requestsByCode[code] ?? 'StartupMessage';
}

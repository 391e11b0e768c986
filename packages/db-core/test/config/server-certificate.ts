import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A certificate in the name db.internal, signed by itself, and its key. Only tests know it; it was made with
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=db.internal
 * -addext subjectAltName=DNS:db.internal -out server-certificate.pem -keyout server-key.pem`.
 */
export const CERTIFICATE_PATH = fileURLToPath(new URL('server-certificate.pem', import.meta.url));
export const CERTIFICATE = readFileSync(CERTIFICATE_PATH, 'utf8');
export const KEY_PATH = fileURLToPath(new URL('server-key.pem', import.meta.url));
export const KEY = readFileSync(KEY_PATH, 'utf8');

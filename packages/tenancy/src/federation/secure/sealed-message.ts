import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { TenancyError } from '../../errors.ts';
import { generateSealingKey, type SealingKey } from './sealing-key.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a sealed message has more bytes than what is in it. */
export const SEAL_BYTES = KEY_BYTES + NONCE_BYTES + TAG_BYTES;

/**
 * Encrypts something for one recipient, who can tell that it is the sender's: put together as HPKE's authenticated mode
 * does, from a fresh key pair and the sender's own, both with the recipient's; HKDF-SHA-256; AES-256-GCM.
 *
 * @param context what it is and between whom: the message opens in no other.
 * @see RFC 9180, section 4.1, AuthEncap
 */
export async function seal(
  content: Uint8Array,
  context: Uint8Array,
  between: { readonly sender: SealingKey; readonly recipient: Uint8Array },
): Promise<Buffer> {
  const { sender, recipient } = between;
  const ephemeral = generateSealingKey();
  const secrets = [await ephemeral.agree(recipient), await sender.agree(recipient)];
  const key = deriveKey(secrets, [ephemeral.publicKey, recipient, sender.publicKey], context);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
  const encrypted = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([ephemeral.publicKey, nonce, encrypted, cipher.getAuthTag()]);
}

/**
 * The reverse of {@link seal}.
 *
 * @throws {TenancyError} `SHARE_TAMPERED` when it is not what the sender sealed for the recipient in this context.
 */
export async function open(
  sealed: Uint8Array,
  context: Uint8Array,
  between: { readonly sender: Uint8Array; readonly recipient: SealingKey },
): Promise<Buffer> {
  const message = Buffer.from(sealed);
  const { sender, recipient } = between;
  try {
    const ephemeral = message.subarray(0, KEY_BYTES);
    const nonce = message.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES);
    const encrypted = message.subarray(KEY_BYTES + NONCE_BYTES, -TAG_BYTES);
    const secrets = [await recipient.agree(ephemeral), await recipient.agree(sender)];
    const key = deriveKey(secrets, [ephemeral, recipient.publicKey, sender], context);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(context)
      .setAuthTag(message.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(encrypted), decipher.final()]);
  } catch (cause) {
    const message =
      'a sealed message does not open: it was changed, or is of another session, round, topic or party';
    throw new TenancyError('SHARE_TAMPERED', message, { cause });
  }
}

function deriveKey(secrets: readonly Uint8Array[], keys: readonly Uint8Array[], context: Uint8Array): Buffer {
  const derived = hkdfSync('sha256', Buffer.concat(secrets), Buffer.concat(keys), sha256(context), KEY_BYTES);
  return Buffer.from(derived);
}

/** HKDF takes 1024 bytes of context at most. */
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

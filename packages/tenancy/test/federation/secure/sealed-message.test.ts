import { describe, expect, it } from 'vitest';
import { open, seal, SEAL_BYTES } from '../../../src/federation/secure/sealed-message.ts';
import { generateSealingKey, sealingKeyFrom } from '../../../src/federation/secure/sealing-key.ts';

const [alice, bob, mallory] = [generateSealingKey(), generateSealingKey(), generateSealingKey()];
const CONTENT = Buffer.from('a share of a secret');
const CONTEXT = Buffer.from('session 1, round 1, from 1 to 2');

const fromAlice = () => seal(CONTENT, CONTEXT, { sender: alice, recipient: bob.publicKey });
const asBob = (sealed: Uint8Array, context = CONTEXT, sender = alice.publicKey) =>
  open(sealed, context, { sender, recipient: bob });

describe('a sealed message', () => {
  it('opens for its recipient, and says nothing of what is in it', async () => {
    const sealed = await fromAlice();
    expect(sealed).toHaveLength(CONTENT.length + SEAL_BYTES);
    expect(sealed.includes(CONTENT)).toBe(false);
    expect(await fromAlice()).not.toEqual(sealed);
    await expect(asBob(sealed)).resolves.toEqual(CONTENT);
  });

  it('may be to oneself, and may have nothing in it', async () => {
    const toOneself = await seal(CONTENT, CONTEXT, { sender: bob, recipient: bob.publicKey });
    await expect(asBob(toOneself, CONTEXT, bob.publicKey)).resolves.toEqual(CONTENT);
    const empty = await seal(new Uint8Array(), CONTEXT, { sender: alice, recipient: bob.publicKey });
    await expect(asBob(empty)).resolves.toHaveLength(0);
  });

  it('opens for nobody else, not even its sender', async () => {
    const sealed = await fromAlice();
    for (const recipient of [alice, mallory]) {
      await expect(open(sealed, CONTEXT, { sender: alice.publicKey, recipient })).rejects.toMatchObject({
        code: 'SHARE_TAMPERED',
      });
    }
  });

  it('opens in no other context, and as nobody else’s', async () => {
    const sealed = await fromAlice();
    const replayed = asBob(sealed, Buffer.from('session 1, round 2, from 1 to 2'));
    await expect(replayed).rejects.toMatchObject({ code: 'SHARE_TAMPERED' });
    await expect(asBob(sealed, CONTEXT, mallory.publicKey)).rejects.toMatchObject({ code: 'SHARE_TAMPERED' });
    // Mallory, as herself and under Alice's public key.
    const pretender = { publicKey: alice.publicKey, agree: (key: Uint8Array) => mallory.agree(key) };
    for (const sender of [mallory, pretender]) {
      const forged = await seal(CONTENT, CONTEXT, { sender, recipient: bob.publicKey });
      await expect(asBob(forged)).rejects.toMatchObject({ code: 'SHARE_TAMPERED' });
    }
  });

  it('does not open when any of its bytes was changed, or is missing', async () => {
    const sealed = await fromAlice();
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      await expect(asBob(changed), `byte ${at}`).rejects.toMatchObject({ code: 'SHARE_TAMPERED' });
    }
    for (const length of [0, 1, SEAL_BYTES - 1, SEAL_BYTES, sealed.length - 1]) {
      await expect(asBob(sealed.subarray(0, length)), `${length} bytes`).rejects.toMatchObject({
        code: 'SHARE_TAMPERED',
      });
    }
  });

  it('is never sealed with a key that everybody knows the outcome for', async () => {
    const zero = new Uint8Array(32);
    await expect(seal(CONTENT, CONTEXT, { sender: alice, recipient: zero })).rejects.toThrow();
  });
});

describe('sealingKeyFrom', () => {
  it('makes the key pair and the secret of RFC 7748, section 6.1', async () => {
    const bytes = (hex: string) => Buffer.from(hex, 'hex');
    const own = sealingKeyFrom(bytes('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'));
    expect(own.publicKey).toEqual(bytes('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'));
    const secret = own.agree(bytes('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'));
    expect(await secret).toEqual(bytes('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'));
  });
  it('refuses another number of bytes', () => {
    expect(() => sealingKeyFrom(new Uint8Array(31))).toThrow(/32 bytes/);
  });
});

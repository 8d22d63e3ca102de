import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** Name of the format: AES-256-GCM, a nonce of 12 bytes, a tag of 16. */
const format = 'v1';

/** What a secret belongs to, so that it can't be put in the place of another. */
export type Owner = readonly string[];

/** What a key is called in what it sealed, and wherever it may not be shown itself. */
export function keyIdOf(key: string): string {
  return createHash('sha256').update(`longwire channel key ${key}`).digest('hex').slice(0, 8);
}

/**
 * Texts encrypted for the database. The first key encrypts, any decrypts: to change a key, put the new one before it, have all instances
 * run with both, wait until the tables were looked after, and take the old one away.
 */
export class Seal {
  #keys: { id: string; key: Buffer }[];

  constructor(keys: readonly string[]) {
    this.#keys = keys.map((text) => ({
      id: keyIdOf(text),
      key: Buffer.from(hkdfSync('sha256', text, '', 'longwire channel credentials', 32)),
    }));
  }

  /** Undefined without a key. */
  seal(text: string, owner: Owner): string | undefined {
    const first = this.#keys[0];
    if (!first) return undefined;
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', first.key, nonce, { authTagLength: 16 });
    cipher.setAAD(Buffer.from(JSON.stringify(owner)));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${format}.${first.id}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
  }

  /** Undefined if none of the keys opens it, or it is not its owner's. */
  open(sealed: string, owner: Owner): string | undefined {
    const [version, id, nonce, text] = sealed.split('.');
    const known = this.#keys.find((key) => key.id === id);
    if (version !== format || !known || !nonce || !text) return undefined;
    try {
      const bytes = Buffer.from(text, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', known.key, Buffer.from(nonce, 'base64url'), {
        authTagLength: 16,
      });
      decipher.setAAD(Buffer.from(JSON.stringify(owner)));
      decipher.setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }

  /** What the sealed texts of the first key begin with; undefined without a key. */
  get prefix(): string | undefined {
    return this.#keys[0] && `${format}.${this.#keys[0].id}.`;
  }
}

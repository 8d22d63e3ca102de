import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Device identities that any instance checks without a look-up. A cid is 80 random bits and 48 bits of a MAC over its app
 * and those, so a foreign or invented cid shows by itself; a token is a MAC over app and cid. A message's id carries a MAC
 * too: a device can only tell of messages that were made.
 */
export class Identity {
  #keys: string[];

  /** @param keys the first signs, any verifies. */
  constructor(keys: string[]) {
    this.#keys = keys;
  }

  issueCid(app: string): string {
    const random = randomBytes(10).toString('hex');
    return random + cidMac(this.#keys[0]!, app, random);
  }

  /** Whether this system gave the cid to a device of this app. */
  ownsCid(app: string, cid: string): boolean {
    const random = cid.slice(0, 20);
    return this.#keys.some((key) => equal(cidMac(key, app, random), cid.slice(20)));
  }

  deviceToken(app: string, cid: string): string {
    return tokenMac(this.#keys[0]!, app, cid);
  }

  verifiesDevice(app: string, cid: string, token: string): boolean {
    return this.#keys.some((key) => equal(tokenMac(key, app, cid), token));
  }

  /** The `id` of a task's message: the same whenever it is made. */
  messageId(app: string, task: string): string {
    return `${task}.${messageMac(this.#keys[0]!, app, task)}`;
  }

  /** Whether this `id` is the message of this task of this app. */
  ownsMessage(app: string, task: string, id: string): boolean {
    return this.#keys.some((key) => equal(`${task}.${messageMac(key, app, task)}`, id));
  }
}

function messageMac(key: string, app: string, task: string): string {
  return createHmac('sha256', key).update(`message\n${app}\n${task}`).digest('base64url').slice(0, 16);
}

function cidMac(key: string, app: string, random: string): string {
  return createHmac('sha256', key).update(`cid\n${app}\n${random}`).digest('hex').slice(0, 12);
}

function tokenMac(key: string, app: string, cid: string): string {
  return createHmac('sha256', key).update(`device\n${app}\n${cid}`).digest('base64url');
}

function equal(expected: string, given: string): boolean {
  const left = Buffer.from(expected);
  const right = Buffer.from(given);
  return left.length === right.length && timingSafeEqual(left, right);
}

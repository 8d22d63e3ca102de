import { createHmac, timingSafeEqual } from 'node:crypto';
import { LongwireError } from '../common/errors.ts';
import type { Identity } from '../common/identity.ts';
import { type App, goodSecrets } from '../common/protocol/app.ts';
import { type ClientFrames, type CloseCode, closeCodes, type ServerFrames } from '../common/protocol/device-frames.ts';
import { readSubscription } from './core/subscription.ts';
import type { KeptOfDevices, Nonces, Registry } from './ports.ts';

export type Refusal = { code: ServerFrames['error']['code']; message: string; close: CloseCode };
export type Registration = { ok: true; cid: string; token: string } | { ok: false; refusal: Refusal };

/** How far a register's `ts` may be off, and how long its nonce is remembered on either side of that. */
const skewMs = 300_000;

const refused: Refusal = { code: 'bad_credentials', message: 'appId or sign is wrong', close: closeCodes.refused };
const badToken: Refusal = {
  code: 'bad_credentials',
  message: 'token does not fit appId and cid',
  close: closeCodes.refused,
};
const disabled: Refusal = { code: 'forbidden', message: 'the app is disabled', close: closeCodes.forbidden };
const unavailable: Refusal = { code: 'unavailable', message: 'try again later', close: closeCodes.draining };

/** Who may come in: registration by the app's secret, login by the device's token. */
export class Admission {
  #identity: Identity;
  #registry: Registry;
  #nonces: Nonces;
  #kept: Pick<KeptOfDevices, 'setChannel'>;
  #apps: (appId: string) => Promise<App | null>;
  #now: () => number;

  /** @param apps looks an app up, from a cache where it can. */
  constructor(
    identity: Identity,
    registry: Registry,
    nonces: Nonces,
    kept: Pick<KeptOfDevices, 'setChannel'>,
    apps: (appId: string) => Promise<App | null>,
    now: () => number,
  ) {
    this.#identity = identity;
    this.#registry = registry;
    this.#nonces = nonces;
    this.#kept = kept;
    this.#apps = apps;
    this.#now = now;
  }

  async register(frame: ClientFrames['register']): Promise<Registration> {
    const { channel } = frame;
    const read = channel && readSubscription(channel.subscription);
    if (read?.ok === false) {
      return {
        ok: false,
        refusal: { code: 'bad_frame', message: `channel.${read.fault}`, close: closeCodes.malformed },
      };
    }
    try {
      const refusal = await this.#registerRefusal(frame);
      if (refusal) return { ok: false, refusal };
      const cid = this.#identity.issueCid(frame.appId);
      const { platform, model, os, sdk } = frame.device;
      const device = { platform, model, os, sdk };
      await this.#registry.register({ app: frame.appId, cid, device, at: this.#now() });
      if (channel && read) {
        const { kind } = channel;
        await this.#kept.setChannel({ app: frame.appId, cid, kind, subscription: read.subscription });
      }
      return { ok: true, cid, token: this.#identity.deviceToken(frame.appId, cid) };
    } catch (error) {
      if (error instanceof LongwireError && error.retryable) return { ok: false, refusal: unavailable };
      throw error;
    }
  }

  /** Why this login is refused, if it is. An app that can't be looked up just now is let in: its token shows it registered. */
  async login({ appId, cid, token }: ClientFrames['login']): Promise<Refusal | undefined> {
    if (!this.#identity.verifiesDevice(appId, cid, token)) return badToken;
    const app = await this.#apps(appId).catch(() => undefined);
    if (app === null) return refused;
    return app?.disabled ? disabled : undefined;
  }

  /** Whether there is such a message: of others nothing is counted. */
  knowsMessage(app: string, { task, id }: ClientFrames['event']): boolean {
    return this.#identity.ownsMessage(app, task, id);
  }

  async #registerRefusal({ appId, ts, nonce, sign }: ClientFrames['register']): Promise<Refusal | undefined> {
    const now = this.#now();
    if (Math.abs(ts - now) > skewMs) {
      return { ...refused, message: `ts: is ${Math.round((ts - now) / 1_000)} s off, allowed are 300 s` };
    }
    const app = await this.#apps(appId);
    const text = `${appId}\n${ts}\n${nonce}`;
    // The same work and answer for an unknown app as for a wrong sign.
    const secrets = app ? goodSecrets(app, 'app', now) : ['none'];
    const right = secrets.filter((secret) => signs(secret, text, sign));
    if (!app || right.length === 0) return refused;
    if (app.disabled) return disabled;
    const { fresh } = await this.#nonces.claimNonce({ app: appId, nonce, ttlMs: 2 * skewMs });
    return fresh ? undefined : { ...refused, message: 'nonce: was used before' };
  }
}

function signs(secret: string, text: string, sign: string): boolean {
  const expected = createHmac('sha256', secret).update(text).digest();
  return timingSafeEqual(expected, Buffer.from(sign, 'hex'));
}

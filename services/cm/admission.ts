import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { AppDirectory } from '../common/app-directory.ts';
import { LongwireError } from '../common/errors.ts';
import type { Identity } from '../common/identity.ts';
import { goodSecrets } from '../common/protocol/app.ts';
import {
  type ClientFrames,
  type CloseCode,
  type CredentialFault,
  closeCodes,
  type ServerFrames,
} from '../common/protocol/device-frames.ts';
import { readSubscription } from './core/subscription.ts';
import type { EntryLimits } from './entry-limits.ts';
import type { KeptOfDevices, Nonces, Registry } from './ports.ts';

/** Apps, from a cache where they can be. */
type Apps = Pick<AppDirectory, 'find' | 'remembered'>;
type Limits = Pick<EntryLimits, 'login' | 'registration' | 'failed' | 'mayFail' | 'retryAfterMs'>;

export type Refusal = {
  code: ServerFrames['error']['code'];
  message: string;
  close: CloseCode;
  /** Of `bad_credentials`. */
  reason?: CredentialFault;
  /** When the device may come back, ms from now. */
  retryAfterMs?: number;
};
/** `app`: its id, one string for all its devices. */
export type Login = { ok: true; app: string } | Refused;
export type Registration = { ok: true; cid: string; token: string } | Refused;
type Refused = { ok: false; refusal: Refusal };

/** How far a register's `ts` may be off, and how long its nonce is remembered on either side of that. */
const skewMs = 300_000;

const badSign = badCredentials('sign', 'appId or sign is wrong');
const usedNonce = badCredentials('nonce', 'nonce: was used before');
const badToken = badCredentials('token', 'token does not fit appId and cid');
const noApp = badCredentials('token', 'there is no such appId');
const disabled: Refusal = { code: 'forbidden', message: 'the app is disabled', close: closeCodes.forbidden };
const unavailable: Refusal = { code: 'unavailable', message: 'try again later', close: closeCodes.draining };

/** Who may come in: registration by the app's secret, login by the device's token. */
export class Admission {
  #identity: Identity;
  #registry: Registry;
  #nonces: Nonces;
  #kept: Pick<KeptOfDevices, 'setChannel'>;
  #apps: Apps;
  #limits: Limits;
  #now: () => number;

  constructor(
    identity: Identity,
    registry: Registry,
    nonces: Nonces,
    kept: Pick<KeptOfDevices, 'setChannel'>,
    apps: Apps,
    limits: Limits,
    now: () => number,
  ) {
    this.#identity = identity;
    this.#registry = registry;
    this.#nonces = nonces;
    this.#kept = kept;
    this.#apps = apps;
    this.#limits = limits;
    this.#now = now;
  }

  /** @param address where the device comes from. */
  async register(frame: ClientFrames['register'], address: string): Promise<Registration> {
    const { channel } = frame;
    const read = channel && readSubscription(channel.kind, channel.subscription);
    if (read?.ok === false) {
      return refused({ code: 'bad_frame', message: `channel.${read.fault}`, close: closeCodes.malformed });
    }
    try {
      const refusal = await this.#registerRefusal(frame, address);
      if (refusal) return refused(refusal);
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
      if (error instanceof LongwireError && error.retryable) return refused(unavailable);
      throw error;
    }
  }

  /** An app that can't be looked up just now is let in: its token shows that the device is registered. */
  async login({ appId, cid, token }: ClientFrames['login'], address: string): Promise<Login> {
    if (!this.#identity.verifiesDevice(appId, cid, token)) return refused(this.#failed(badToken, address));
    const app = await this.#apps.find(appId).catch(() => undefined);
    if (app === null) return refused(noApp);
    if (app?.disabled) return refused(disabled);
    return this.#limits.login(appId) ? { ok: true, app: app?.appId ?? appId } : refused(this.#tooMany());
  }

  /** Whether there is such a message: of others nothing is counted. */
  knowsMessage(app: string, { task, id }: ClientFrames['event']): boolean {
    return this.#identity.ownsMessage(app, task, id);
  }

  async #registerRefusal(
    { appId, ts, nonce, sign }: ClientFrames['register'],
    address: string,
  ): Promise<Refusal | undefined> {
    const now = this.#now();
    if (Math.abs(ts - now) > skewMs) {
      const message = `ts: is ${Math.round((ts - now) / 1_000)} s off, allowed are 300 s`;
      return this.#failed(badCredentials('clock', message), address);
    }
    // Who has failed too often has nothing looked up: a right sign of an app that is known here still works.
    const app = this.#limits.mayFail(address) ? await this.#apps.find(appId) : this.#apps.remembered(appId);
    const text = `${appId}\n${ts}\n${nonce}`;
    // The same work and answer for an unknown app as for a wrong sign.
    const secrets = app ? goodSecrets(app, 'app', now) : ['none'];
    const right = secrets.filter((secret) => signs(secret, text, sign));
    if (!app || right.length === 0) return this.#failed(badSign, address);
    if (app.disabled) return disabled;
    if (!this.#limits.registration(address, appId)) return this.#tooMany();
    const { fresh } = await this.#nonces.claimNonce({ app: appId, nonce, ttlMs: 2 * skewMs, call: randomUUID() });
    return fresh ? undefined : this.#failed(usedNonce, address);
  }

  #failed(refusal: Refusal, address: string): Refusal {
    return this.#limits.failed(address) ? refusal : this.#tooMany();
  }

  #tooMany(): Refusal {
    const retryAfterMs = this.#limits.retryAfterMs();
    return {
      code: 'rate_limited',
      message: 'too many tries, come back later',
      close: closeCodes.tooFast,
      retryAfterMs,
    };
  }
}

function refused(refusal: Refusal): Refused {
  return { ok: false, refusal };
}

function badCredentials(reason: CredentialFault, message: string): Refusal {
  return { code: 'bad_credentials', reason, message, close: closeCodes.refused };
}

function signs(secret: string, text: string, sign: string): boolean {
  const expected = createHmac('sha256', secret).update(text).digest();
  return timingSafeEqual(expected, Buffer.from(sign, 'hex'));
}

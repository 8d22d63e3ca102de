import { AddressLimits, type FailureRate } from '../common/addresses/address-limits.ts';
import { KeyedBuckets } from '../common/addresses/keyed-buckets.ts';

/** Read each time they are needed: they may change. */
export interface EntryRates extends FailureRate {
  readonly addressConnectionsPerSecond: number;
  readonly addressConnectionBurst: number;
  readonly addressRegistrationsPerSecond: number;
  readonly addressRegistrationBurst: number;
  readonly appRegistrationsPerSecond: number;
  readonly appRegistrationBurst: number;
  readonly appLoginsPerSecond: number;
  readonly appLoginBurst: number;
}

/** What was refused, and by whose limit. */
export const refusals = [
  'connection_of_address',
  'failure_of_address',
  'registration_of_address',
  'registration_of_app',
  'login_of_app',
  'proxy_header',
] as const;
export type RefusedEntry = (typeof refusals)[number];

/** How many devices come in, by address and by app. */
export class EntryLimits {
  readonly #rates: EntryRates;
  readonly #addresses: AddressLimits;
  readonly #now: () => number;
  readonly #refused: (what: RefusedEntry) => void;
  readonly #connections = new KeyedBuckets();
  readonly #registrations = new KeyedBuckets();
  readonly #appRegistrations = new KeyedBuckets();
  readonly #appLogins = new KeyedBuckets();

  constructor(
    rates: EntryRates,
    isExempt: (address: string) => boolean,
    now: () => number,
    refused: (what: RefusedEntry) => void,
  ) {
    this.#rates = rates;
    this.#addresses = new AddressLimits(rates, isExempt, now);
    this.#now = now;
    this.#refused = refused;
  }

  connection(address: string): boolean {
    const { addressConnectionsPerSecond: perSecond, addressConnectionBurst: burst } = this.#rates;
    const taken = this.#addresses.take(this.#connections, address, { perSecond, burst });
    return this.#told('connection_of_address', taken);
  }

  /** A registration with a right sign, of an app that there is. */
  registration(address: string, app: string): boolean {
    const { addressRegistrationsPerSecond: perSecond, addressRegistrationBurst: burst } = this.#rates;
    const { appRegistrationsPerSecond, appRegistrationBurst } = this.#rates;
    if (!this.#addresses.take(this.#registrations, address, { perSecond, burst })) {
      return this.#told('registration_of_address', false);
    }
    const ofApp = { perSecond: appRegistrationsPerSecond, burst: appRegistrationBurst };
    return this.#told('registration_of_app', this.#appRegistrations.take(app, ofApp, this.#now()));
  }

  /** A login with a right token. */
  login(app: string): boolean {
    const { appLoginsPerSecond: perSecond, appLoginBurst: burst } = this.#rates;
    return this.#told('login_of_app', this.#appLogins.take(app, { perSecond, burst }, this.#now()));
  }

  /** @see AddressLimits */
  failed(address: string): boolean {
    return this.#told('failure_of_address', this.#addresses.failed(address));
  }

  /** @see AddressLimits */
  mayFail(address: string): boolean {
    return this.#addresses.mayFail(address);
  }

  /** @see AddressLimits */
  retryAfterMs(): number {
    return this.#addresses.retryAfterMs();
  }

  #told(what: RefusedEntry, allowed: boolean): boolean {
    if (!allowed) this.#refused(what);
    return allowed;
  }
}

import { AddressLimits, type FailureRate } from '../../common/addresses/address-limits.ts';
import { KeyedBuckets } from '../../common/addresses/keyed-buckets.ts';

/** Read each time they are needed: they may change. */
export interface AuthRates extends FailureRate {
  readonly addressAuthsPerSecond: number;
  readonly addressAuthBurst: number;
}

export const authRefusals = ['auth_of_address', 'failure_of_address', 'proxy_header'] as const;
export type AuthRefusal = (typeof authRefusals)[number];

/** How often one address may try to authenticate at this instance. How often an app may, at all of them, is a quota of it. */
export class AuthLimits {
  readonly #rates: AuthRates;
  readonly #addresses: AddressLimits;
  readonly #tries = new KeyedBuckets();
  readonly #refused: (what: AuthRefusal) => void;

  constructor(
    rates: AuthRates,
    isExempt: (address: string) => boolean,
    now: () => number,
    refused: (what: AuthRefusal) => void,
  ) {
    this.#rates = rates;
    this.#addresses = new AddressLimits(rates, isExempt, now);
    this.#refused = refused;
  }

  /** Any try, before its body is read. */
  attempt(address: string): boolean {
    const { addressAuthsPerSecond: perSecond, addressAuthBurst: burst } = this.#rates;
    return this.#told('auth_of_address', this.#addresses.take(this.#tries, address, { perSecond, burst }));
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

  #told(what: AuthRefusal, allowed: boolean): boolean {
    if (!allowed) this.#refused(what);
    return allowed;
  }
}

import { randomBytes } from 'node:crypto';
import type { ServerFrames } from '../../services/common/protocol/device-frames.ts';
import { type Checks, NotChecked } from '../check.ts';
import { type Credentials, Device, type OpenOptions } from './device.ts';
import type { Operator } from './operator.ts';
import type { Target } from './target.ts';
import type { Upstream } from './upstream.ts';

/** A device that has logged in. */
export interface Online {
  device: Device;
  credentials: Credentials;
  cid: string;
  welcome: ServerFrames['welcome'];
}

/** How the last of many wrong registrations of one address was answered; undefined: as the first. */
export type OverRate = { code: string; after: number | undefined; close: number } | undefined;

/** What all checks of a run share. */
export interface ServerRun {
  target: Target;
  upstream: Upstream;
  /** What whoever runs the server may do; missing where the kit was not given it. */
  operator?: Operator | undefined;
  /** Of a first login: what the server says of itself. */
  heartbeatMs: number;
  /** What takes longer than a minute is waited for. */
  slow: boolean;
  /** Whether it has the protocol's additions; asked once. */
  additions?: Promise<boolean>;
  /** Answer to registrations over the rate of an address; asked once. */
  overRate?: Promise<OverRate>;
  /** Frames of the server that don't fit, by all devices of the run. */
  faults: string[];
}

/** What one check has: devices that are cut off at its end, and a text of its own. */
export class ServerContext {
  readonly run: ServerRun;
  readonly target: Target;
  readonly upstream: Upstream;
  /** Begins the texts of this check's pushes. */
  readonly tag = randomBytes(5).toString('hex');
  #devices: Device[] = [];

  constructor(run: ServerRun) {
    this.run = run;
    this.target = run.target;
    this.upstream = run.upstream;
  }

  /** @throws NotChecked where the kit was not given it */
  get operator(): Operator {
    if (this.run.operator) return this.run.operator;
    throw new NotChecked('it needs an operator: give --run FILE');
  }

  async open(options: OpenOptions = {}, url = this.target.url): Promise<Device> {
    const device = await Device.open(url, options, (fault) => {
      if (this.run.faults.length < 100) this.run.faults.push(fault);
    });
    this.#devices.push(device);
    return device;
  }

  /** A new device that is online. */
  async online(options: OpenOptions = {}): Promise<Online> {
    const device = await this.open(options);
    const credentials = await device.register(this.target);
    const welcome = await device.login(this.target.appId, credentials);
    return { device, credentials, cid: credentials.cid, welcome };
  }

  /** The same device on another connection. */
  async again({ credentials }: Pick<Online, 'credentials'>, finished: { seq?: number; bseq?: number } = {}) {
    const device = await this.open();
    const welcome = await device.login(this.target.appId, credentials, finished);
    return { device, credentials, cid: credentials.cid, welcome };
  }

  async end(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.cut().catch(() => {})));
  }
}

export type ServerChecks = Checks<ServerContext>;

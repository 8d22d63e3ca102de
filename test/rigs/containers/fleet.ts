import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  type ContainerRuntimeClient,
  getContainerRuntimeClient,
  getReaper,
  LABEL_TESTCONTAINERS_SESSION_ID,
} from 'testcontainers';
import { waitFor } from '../process.ts';
import type { Engine } from './engine.ts';
import { type ContainerSpec, Member } from './member.ts';
import { removeLabelled, runLabels } from './session.ts';

/** A container as it runs now. */
export interface Running {
  /** On the host, of its PID 1. */
  pid: number;
  /** By network. */
  addresses: Record<string, string>;
}

const fleetLabel = 'longwire.fleet';

/**
 * Containers and networks of one test, under names of their own, with what befalls them. The host reaches each at its address,
 * also on internal networks, which publish no ports: so the engine has to be on this machine.
 */
export class Fleet {
  readonly engine: Engine;
  #prefix = `lw-${randomBytes(4).toString('hex')}`;
  #specs = new Map<string, ContainerSpec>();
  #running = new Map<string, Running>();
  #client: Promise<ContainerRuntimeClient> | undefined;
  #events: Readable | undefined;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** What the engine calls a container, or a network. */
  fullName = (name: string): string => `${this.#prefix}-${name}`;

  /** @param internal without a way out. */
  async network(name: string, { internal = true } = {}): Promise<void> {
    const client = await this.#connect();
    const session = { [LABEL_TESTCONTAINERS_SESSION_ID]: (await getReaper(client)).sessionId };
    const Labels = { ...this.#labels(), ...session };
    await client.network.create({ Name: this.fullName(name), Internal: internal, Labels });
  }

  /** The host's own address on a network. */
  async gateway(network: string): Promise<string> {
    const { IPAM } = await (await this.#network(network)).inspect();
    return IPAM!.Config![0]!['Gateway']!;
  }

  async start(name: string, spec: ContainerSpec): Promise<void> {
    await this.#connect();
    this.#specs.set(name, spec);
    await new Member(spec, this.fullName).withName(this.fullName(name)).withLabels(this.#labels()).start();
    await this.#look(name);
    await waitFor(`${name} runs`, () => this.#running.has(name), 30_000);
  }

  /** @throws Error while it doesn't run. */
  of(name: string): Running {
    const running = this.#running.get(name);
    if (!running) throw new Error(`${name} does not run`);
    return running;
  }

  /** What was started and not removed, whether it runs now or not. */
  names(): string[] {
    return [...this.#specs.keys()];
  }

  /** Freezes all its processes, as they would on a host that is suspended. */
  async pause(name: string): Promise<void> {
    await (await this.#container(name)).pause();
  }

  async unpause(name: string): Promise<void> {
    await (await this.#container(name)).unpause();
  }

  /** Takes it off all its networks; its processes go on. */
  async cut(name: string): Promise<void> {
    for (const network of Object.keys(this.#specs.get(name)!.networks)) {
      await (await this.#network(network)).disconnect({ Container: this.fullName(name), Force: true });
    }
  }

  /** Puts it back on its networks. */
  async mend(name: string): Promise<void> {
    const { container } = await this.#connect();
    for (const [network, aliases] of Object.entries(this.#specs.get(name)!.networks)) {
      await container.connectToNetwork(await this.#container(name), await this.#network(network), aliases);
    }
    await this.#look(name);
  }

  /** SIGTERM, and SIGKILL after `graceMs`. @returns its exit code. */
  async end(name: string, graceMs = 30_000): Promise<number> {
    const container = await this.#container(name);
    await (await this.#connect()).container.stop(container, { timeout: graceMs });
    const { State } = await container.inspect();
    await container.remove({ v: true, force: true });
    this.#specs.delete(name);
    return State.ExitCode;
  }

  /** Its last lines. */
  async logs(name: string, tail = 20): Promise<string> {
    return this.engine.docker(['logs', '--tail', String(tail), this.fullName(name)]);
  }

  /** Removes it all. */
  async stop(): Promise<void> {
    this.#events?.destroy();
    await removeLabelled(fleetLabel, this.#prefix);
  }

  #labels = (): Record<string, string> => ({ ...runLabels(), [fleetLabel]: this.#prefix });

  #network = async (name: string) => (await this.#connect()).network.getById(this.fullName(name));

  #container = async (name: string) => (await this.#connect()).container.getById(this.fullName(name));

  /** From the first call on it is known which containers run: those that die come back with another pid and address. */
  #connect(): Promise<ContainerRuntimeClient> {
    this.#client ??= getContainerRuntimeClient().then(async (client) => {
      const filters = { event: ['start', 'die'], label: [`${fleetLabel}=${this.#prefix}`] };
      this.#events = (await client.container.dockerode.getEvents({ filters })) as unknown as Readable;
      this.#events.on('error', () => {});
      createInterface(this.#events).on('line', (line) => {
        const { Action, Actor } = JSON.parse(line) as { Action: string; Actor: { Attributes: { name: string } } };
        const name = Actor.Attributes.name.slice(this.#prefix.length + 1);
        this.#running.delete(name);
        if (Action === 'start') void this.#look(name).catch(() => {});
      });
      return client;
    });
    return this.#client;
  }

  async #look(name: string): Promise<void> {
    const { State, NetworkSettings } = await (await this.#container(name)).inspect();
    if (State.Pid === 0) return;
    const addresses = Object.entries(NetworkSettings.Networks).map(([network, { IPAddress }]) => [
      network.slice(this.#prefix.length + 1),
      IPAddress,
    ]);
    this.#running.set(name, { pid: State.Pid, addresses: Object.fromEntries(addresses) });
  }
}

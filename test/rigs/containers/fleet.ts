import { randomBytes } from 'node:crypto';
import { waitFor } from '../process.ts';
import type { Engine } from './engine.ts';

/** What a container is started with. */
export interface ContainerSpec {
  image: string;
  /** Networks of this fleet, each with the names that the others there know it by. */
  networks: Record<string, string[]>;
  env?: Record<string, string>;
  /** `host path:path[:ro]` */
  volumes?: string[];
  /** Further options of `docker run`. */
  options?: string[];
  command?: string[];
}

/** A container as it runs now. */
export interface Running {
  /** On the host, of its PID 1. */
  pid: number;
  /** By network. */
  addresses: Record<string, string>;
}

/**
 * Containers and networks of one test, under names of their own; each comes back by the engine's restart policy when it dies.
 * The host reaches each at its address, also on internal networks, which publish no ports.
 */
export class Fleet {
  readonly engine: Engine;
  #prefix = `lw-${randomBytes(4).toString('hex')}`;
  #specs = new Map<string, ContainerSpec>();
  #running = new Map<string, Running>();
  #networks = new Set<string>();
  #following: () => void;

  constructor(engine: Engine) {
    this.engine = engine;
    const events = ['events', '--filter', 'type=container', '--filter', 'event=start', '--filter', 'event=die'];
    this.#following = engine.follow([...events, '--format', '{{.Action}} {{.Actor.Attributes.name}}'], (line) => {
      const [action, container = ''] = line.split(' ');
      const name = container.slice(this.#prefix.length + 1);
      if (!container.startsWith(`${this.#prefix}-`)) return;
      this.#running.delete(name);
      if (action === 'start') void this.#look(name).catch(() => {});
    });
  }

  /** @param internal without a way out. */
  async network(name: string, { internal = true } = {}): Promise<void> {
    const full = this.networkName(name);
    await this.engine.docker(['network', 'create', ...(internal ? ['--internal'] : []), full]);
    this.#networks.add(name);
  }

  networkName = (name: string): string => `${this.#prefix}-${name}`;

  containerName = (name: string): string => `${this.#prefix}-${name}`;

  /** The host's own address on a network. */
  async gateway(network: string): Promise<string> {
    const format = '{{(index .IPAM.Config 0).Gateway}}';
    return (await this.engine.docker(['network', 'inspect', '-f', format, this.networkName(network)])).trim();
  }

  async start(name: string, spec: ContainerSpec): Promise<void> {
    const { image, networks, env = {}, volumes = [], options = [], command = [] } = spec;
    const [[first, aliases] = ['', []], ...others] = Object.entries(networks);
    const given = [
      ...['--name', this.containerName(name), '--restart', 'always', '--network', this.networkName(first)],
      ...aliases.flatMap((alias) => ['--network-alias', alias]),
      ...Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]),
      ...volumes.flatMap((volume) => ['-v', volume]),
    ];
    this.#specs.set(name, spec);
    await this.engine.docker(['create', ...given, ...options, image, ...command]);
    for (const [network, names] of others) await this.#connect(name, network, names);
    await this.engine.docker(['start', this.containerName(name)]);
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
    await this.engine.docker(['pause', this.containerName(name)]);
  }

  async unpause(name: string): Promise<void> {
    await this.engine.docker(['unpause', this.containerName(name)]);
  }

  /** Takes it off all its networks; its processes go on. */
  async cut(name: string): Promise<void> {
    for (const network of Object.keys(this.#specs.get(name)!.networks)) {
      await this.engine.docker(['network', 'disconnect', '-f', this.networkName(network), this.containerName(name)]);
    }
  }

  /** Puts it back on its networks. */
  async mend(name: string): Promise<void> {
    for (const [network, aliases] of Object.entries(this.#specs.get(name)!.networks)) {
      await this.#connect(name, network, aliases);
    }
    await this.#look(name);
  }

  /** SIGTERM, and SIGKILL after `graceMs`. @returns its exit code. */
  async end(name: string, graceMs = 30_000): Promise<number> {
    const container = this.containerName(name);
    await this.engine.docker(['stop', '-t', String(graceMs / 1_000), container], { timeoutMs: graceMs + 30_000 });
    const code = Number(await this.engine.docker(['inspect', '-f', '{{.State.ExitCode}}', container]));
    await this.engine.docker(['rm', '-fv', container]);
    this.#specs.delete(name);
    return code;
  }

  /** Its last lines. */
  async logs(name: string, tail = 20): Promise<string> {
    return this.engine.docker(['logs', '--tail', String(tail), this.containerName(name)]);
  }

  /** Removes it all. */
  async stop(): Promise<void> {
    this.#following();
    const containers = this.names().map(this.containerName);
    if (containers.length > 0) await this.engine.docker(['rm', '-fv', ...containers], { timeoutMs: 120_000 });
    for (const network of this.#networks) await this.engine.docker(['network', 'rm', this.networkName(network)]);
  }

  async #connect(name: string, network: string, aliases: string[]): Promise<void> {
    const named = aliases.flatMap((alias) => ['--alias', alias]);
    await this.engine.docker(['network', 'connect', ...named, this.networkName(network), this.containerName(name)]);
  }

  async #look(name: string): Promise<void> {
    const [{ State, NetworkSettings }] = JSON.parse(
      await this.engine.docker(['inspect', this.containerName(name)]),
    ) as [{ State: { Pid: number }; NetworkSettings: { Networks: Record<string, { IPAddress: string }> } }];
    if (State.Pid === 0) return;
    const addresses = Object.entries(NetworkSettings.Networks).map(([network, { IPAddress }]) => [
      network.slice(this.#prefix.length + 1),
      IPAddress,
    ]);
    this.#running.set(name, { pid: State.Pid, addresses: Object.fromEntries(addresses) });
  }
}

import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';

/** What a container is started with. */
export interface ContainerSpec {
  image: string;
  /** Networks of its fleet, each with the names that the others there know it by. */
  networks: Record<string, string[]>;
  env?: Record<string, string>;
  mounts?: { source: string; target: string; mode?: 'ro' | 'rw' }[];
  /** Names that it knows besides, and their addresses. */
  hosts?: { host: string; ipAddress: string }[];
  /** With a read-only root, no capability, no way to new ones, as a user that no image knows. */
  locked?: boolean;
  command?: string[];
}

/** A container of a fleet: on several networks from its start, and back by the engine's restart policy when it dies. */
export class Member extends GenericContainer {
  #others: [network: string, aliases: string[]][];

  /** @param named the full name of a network of the fleet */
  constructor(
    { image, networks, env, mounts, hosts, locked, command }: ContainerSpec,
    named: (network: string) => string,
  ) {
    super(image);
    const all = Object.entries(networks).map(([network, aliases]): [string, string[]] => [named(network), aliases]);
    const [first, aliases] = all[0]!;
    this.#others = all.slice(1);
    this.withNetworkMode(first)
      .withEnvironment(env ?? {})
      .withBindMounts(mounts ?? [])
      .withExtraHosts(hosts ?? []);
    this.withWaitStrategy(Wait.forListeningPorts());
    if (command) this.withCommand(command);
    if (locked) {
      this.withDroppedCapabilities('ALL').withSecurityOpt('no-new-privileges').withUser('20001:20001');
      this.hostConfig.ReadonlyRootfs = true;
    }
    // `withNetworkAliases` would start it on the engine's default network besides.
    this.createOpts.NetworkingConfig = { EndpointsConfig: { [first]: { Aliases: aliases } } };
    this.createOpts.Healthcheck = { Test: ['NONE'] };
    this.hostConfig.RestartPolicy = { Name: 'always' };
    this.hostConfig.LogConfig = { Type: 'json-file', Config: { 'max-size': '20m' } };
  }

  protected override async containerCreated(id: string): Promise<void> {
    const { container, network } = await getContainerRuntimeClient();
    for (const [other, aliases] of this.#others) {
      await container.connectToNetwork(container.getById(id), network.getById(other), aliases);
    }
  }
}

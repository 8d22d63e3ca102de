import { join } from 'node:path';
import { agentUnit } from './agent-unit.ts';
import type { Role, UpOptions } from './args.ts';
import { roles } from './args.ts';
import { consoleUnit } from './console-unit.ts';
import type { Installation } from './installation.ts';
import type { PortFinder } from './ports.ts';
import { startRole } from './role-process.ts';
import type { Settings } from './settings.ts';
import type { Stores } from './stores.ts';
import type { Unit } from './supervised.ts';

/** A role's own time to stop; whoever waits for it gives it a little more. */
export const roleGraceMs = 5_000;
/** How long a stopping CM spreads its devices' reconnects: here they have one other node, or none. */
const drainMs = 1_000;

export interface RolePlan {
  units: Unit[];
  /** One beside each of the units, if there is a main service. */
  agents: Unit[];
  /** Instance `number` of a role, whether it is among `units` or not; the same one each time. */
  unitOf: (role: Role, number: number) => Promise<Unit>;
  /** The agent beside it, if there is a main service. */
  agentOf: (role: Role, number: number) => Promise<Unit | undefined>;
  /** Service port of each role, the same for all its instances. */
  portOf: Record<Role, number>;
  /** The console and its port, if there is to be one. */
  console: { unit: Unit; port: number } | undefined;
}

export interface PlanInput {
  options: UpOptions;
  installation: Installation;
  stores: Stores;
  ports: PortFinder;
  root: string;
  logFileOf: (instance: string) => string;
  /** Set in each process beside its configuration. */
  environment: NodeJS.ProcessEnv;
  settings: Settings;
  /** Where the console finds the instances that run now. */
  instancesFile: string;
}

/** @throws UpError if one of the ports that people know is taken. */
export async function planRoles(input: PlanInput): Promise<RolePlan> {
  const { options, ports } = input;
  const portOf: Record<Role, number> = {
    im: await ports.claim(options.basePort, 'the upstream API'),
    cm: await ports.claim(options.basePort + 1, 'the devices’ connections'),
    'user-redis': await ports.free(),
    'user-mysql': await ports.free(),
  };
  const made = new Map<string, { unit: Unit; agent: Unit | undefined }>();
  const instanceOf = async (role: Role, number: number) => {
    const instance = `${role}-${number}`;
    const known = made.get(instance);
    if (known) return known;
    const opsPort = await ports.free();
    const unit = roleUnit(input, portOf, role, instance, opsPort);
    const { remoteWrite } = options;
    const target = { role, instance, opsPort };
    const agent = remoteWrite === undefined ? undefined : agentUnit(input, remoteWrite, target, await ports.free());
    const one = { unit, agent };
    made.set(instance, one);
    return one;
  };
  const unitOf: RolePlan['unitOf'] = async (role, number) => (await instanceOf(role, number)).unit;
  const agentOf: RolePlan['agentOf'] = async (role, number) => (await instanceOf(role, number)).agent;
  const units: Unit[] = [];
  const agents: Unit[] = [];
  for (const role of roles) {
    for (let number = 1; number <= options.scale[role]; number++) {
      units.push(await unitOf(role, number));
      const agent = await agentOf(role, number);
      if (agent) agents.push(agent);
    }
  }
  return { units, agents, unitOf, agentOf, portOf, console: await planConsole(input, portOf) };
}

async function planConsole(input: PlanInput, portOf: Record<Role, number>): Promise<RolePlan['console']> {
  const { options, ports } = input;
  if (!options.console) return undefined;
  const port = await ports.claim(options.basePort + 2, 'the console');
  return { port, unit: consoleUnit(input, portOf, port, await ports.free()) };
}

function roleUnit(input: PlanInput, portOf: Record<Role, number>, role: Role, instance: string, opsPort: number): Unit {
  const ops = `http://127.0.0.1:${opsPort}`;
  return {
    role,
    instance,
    ops: { ready: `${ops}/health/ready`, live: `${ops}/health/live`, metrics: `${ops}/metrics` },
    start: () =>
      startRole({
        script: join(input.root, 'services', role, 'main.ts'),
        cwd: input.root,
        logFile: input.logFileOf(instance),
        env: {
          ...input.environment,
          LONGWIRE_INSTANCE: instance,
          LONGWIRE_LOG_LEVEL: 'info',
          LONGWIRE_OPS_PORT: String(opsPort),
          LONGWIRE_PORT: String(portOf[role]),
          LONGWIRE_SHARE_PORT: String(input.options.scale[role] > 1 || input.options.autoscale !== undefined),
          LONGWIRE_INTERNAL_SECRETS: input.installation.internalSecret,
          LONGWIRE_GRACE_MS: String(roleGraceMs),
          ...ownEnv(role, input, portOf),
          ...input.settings[role],
        },
      }),
  };
}

/** What only this role knows: no role has another's secrets. */
function ownEnv(role: Role, input: PlanInput, portOf: Record<Role, number>): NodeJS.ProcessEnv {
  const { installation, stores } = input;
  const bus = {
    LONGWIRE_BUS: installation.bus,
    ...(installation.bus === 'redis'
      ? { LONGWIRE_BUS_REDIS_URL: stores.busRedisUrl() }
      : { LONGWIRE_BUS_KAFKA_BROKERS: stores.kafkaBrokers() }),
  };
  const users = {
    LONGWIRE_USER_REDIS_URL: `http://127.0.0.1:${portOf['user-redis']}`,
    LONGWIRE_USER_MYSQL_URL: `http://127.0.0.1:${portOf['user-mysql']}`,
    LONGWIRE_IDENTITY_KEYS: installation.identityKey,
  };
  switch (role) {
    case 'user-redis':
      return { LONGWIRE_REDIS_URL: stores.redisUrl() };
    case 'user-mysql':
      return {
        LONGWIRE_MYSQL_URL: stores.mysqlUrl(),
        LONGWIRE_CHANNEL_SECRETS_KEYS: installation.channelSecretsKey,
        ...bus,
      };
    case 'im':
      return {
        ...{ ...users, ...bus },
        LONGWIRE_TOKEN_KEYS: installation.tokenKey,
        LONGWIRE_WEB_PUSH_SUBJECT: 'mailto:operator@example.com',
        LONGWIRE_WEB_PUSH_PUBLIC_KEY: installation.webPush.publicKey,
        LONGWIRE_WEB_PUSH_PRIVATE_KEY: installation.webPush.privateKey,
        // Whoever tries it out has the upstream on this machine too.
        LONGWIRE_CALLBACK_ALLOW_INTERNAL: 'true',
        // Devices reach this system from this machine alone: whoever names an internal address is here already.
        LONGWIRE_CHANNEL_ALLOW_INTERNAL: 'true',
      };
    case 'cm':
      return { ...users, ...bus, LONGWIRE_DRAIN_MS: String(drainMs) };
  }
}

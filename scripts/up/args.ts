import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type AutoscaleOptions, autoscaleOf, withAutoscaleValue } from './autoscale-args.ts';
import { UpError } from './say.ts';

export const roles = ['user-redis', 'user-mysql', 'im', 'cm'] as const;
export type Role = (typeof roles)[number];

export const buses = ['redis', 'kafka'] as const;
export type BusKind = (typeof buses)[number];

export interface UpOptions {
  dataDir: string;
  /** The upstream API's port; the devices' is the next one, the console's the one after. */
  basePort: number;
  /** Undefined: what the data folder was made with, Redis for a new one. */
  bus: BusKind | undefined;
  scale: Record<Role, number>;
  /** Undefined: as many instances as `scale` says, all the time. */
  autoscale: AutoscaleOptions | undefined;
  demo: boolean;
  /** With the console, on the port after the devices'. */
  console: boolean;
  /** Configuration of roles, as it was given: `key=value`. */
  settings: string[];
  /** Where the main service takes samples; with it, an agent runs beside each instance of a role. */
  remoteWrite: string | undefined;
}

const maxInstances = 16;

export const usage = `npm run up -- [options]

  --scale cm=2,im=2   instances of a role (${roles.join(', ')}), 1 to ${maxInstances}
  --autoscale [cm=1..4,im=1..3]
                      starts and stops instances by what is asked of each role, within these limits (default: from --scale to 4)
  --target cm.connections=50,im.records=20
                      in place of the figures that one instance takes; --hasten 10 shortens all waits of scaling to a tenth
  --bus redis|kafka   what carries messages between roles (default redis); kept with the data
  --data DIR          where everything is kept (default .longwire)
  --port N            port of the upstream API, N + 1 is the devices', N + 2 the console's (default 8080)
  --remote-write URL  an agent beside each instance pushes its metrics there (Prometheus' remote_write)
  --no-demo           no demo device
  --no-console        no console
  --set key=value     configuration of every role that has the key, role.key=value of one (docs/configuration.md)
  --help              this text
`;

/** @throws UpError, one line that names what is allowed. */
export function parseUpArgs(args: string[]): UpOptions | 'help' {
  const values = parsed(args);
  if (values.help) return 'help';
  const scale = scaleOf(values.scale ?? []);
  return {
    dataDir: resolve(values.data ?? '.longwire'),
    basePort: portOf(values.port ?? '8080'),
    bus: busOf(values.bus),
    scale,
    autoscale: autoscaleOf(values, scale, maxInstances),
    demo: !values['no-demo'],
    console: !values['no-console'],
    settings: values.set ?? [],
    remoteWrite: remoteWriteOf(values['remote-write']),
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args: withAutoscaleValue(args),
      strict: true,
      allowPositionals: false,
      options: {
        scale: { type: 'string', multiple: true },
        autoscale: { type: 'string', multiple: true },
        target: { type: 'string', multiple: true },
        hasten: { type: 'string' },
        bus: { type: 'string' },
        data: { type: 'string' },
        port: { type: 'string' },
        'no-demo': { type: 'boolean' },
        'no-console': { type: 'boolean' },
        set: { type: 'string', multiple: true },
        'remote-write': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const what = (error as Error).message.split('. ')[0];
    throw new UpError(
      `${what}; allowed are --scale, --autoscale, --target, --hasten, --bus, --data, --port, --remote-write, --no-demo, --no-console, --set and --help`,
    );
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_533) return port;
  throw new UpError(`--port ${text}: allowed is a number from 1 to 65533`);
}

function remoteWriteOf(text: string | undefined): string | undefined {
  if (text === undefined || /^https?:\/\/[^/]/.test(text)) return text;
  throw new UpError(`--remote-write ${text}: allowed is a URL that begins with http:// or https://`);
}

function busOf(text: string | undefined): BusKind | undefined {
  const bus = buses.find((one) => one === text);
  if (text !== undefined && !bus) throw new UpError(`--bus ${text}: allowed are ${buses.join(' and ')}`);
  return bus;
}

function scaleOf(texts: string[]): Record<Role, number> {
  const scale: Record<Role, number> = { 'user-redis': 1, 'user-mysql': 1, im: 1, cm: 1 };
  for (const part of texts.flatMap((text) => text.split(','))) {
    const [name, count = ''] = part.split('=');
    const role = roles.find((one) => one === name);
    const instances = Number(count);
    if (!role || !/^\d+$/.test(count) || instances < 1 || instances > maxInstances) {
      throw new UpError(
        `--scale ${part}: allowed is role=number with a role of ${roles.join(', ')} and 1 to ${maxInstances}`,
      );
    }
    scale[role] = instances;
  }
  return scale;
}

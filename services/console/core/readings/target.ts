import { type InstanceRole, instanceRoles } from '../../calls/overview.ts';

/** Where an instance is said to be. */
export interface Target {
  role: InstanceRole;
  /** Known before it has answered where whoever lists it says so. */
  name: string | null;
  /** `http://host:port` of its ops port. */
  url: string;
}

/** `im=10.0.0.7:7000` or `cm=cm-headless:7000`, as the configuration has it. */
export const targetPattern = `^(${instanceRoles.join('|')})=[^\\s:/=]+(:[0-9a-fA-F:]*)?:[0-9]{1,5}$`;

/** @throws Error for a text that isn't one; `targetPattern` tells beforehand. */
export function namedTarget(text: string): { role: InstanceRole; host: string; port: number } {
  const equals = text.indexOf('=');
  const colon = text.lastIndexOf(':');
  const role = instanceRoles.find((one) => one === text.slice(0, equals));
  const port = Number(text.slice(colon + 1));
  if (!role || colon < equals || !Number.isInteger(port) || port > 65_535) {
    throw new Error(`${text}: allowed is role=host:port with a role of ${instanceRoles.join(', ')}`);
  }
  return { role, host: text.slice(equals + 1, colon).replace(/^\[|\]$/g, ''), port };
}

/** Each place once; a name that anybody knows stays. */
export function distinctTargets(targets: Target[]): Target[] {
  const found = new Map<string, Target>();
  for (const target of targets) {
    const before = found.get(target.url);
    if (!before || before.name === null) found.set(target.url, target);
  }
  return [...found.values()];
}

import { agentNameOf } from './agent-unit.ts';
import type { Role } from './args.ts';
import type { RolePlan } from './role-units.ts';
import type { System } from './system.ts';

/** Of the instances of a role, the ones to stop so that `count` are left: unwanted ones first, then the newest. */
export function leavingOf(instances: string[], count: number, unwanted: string[]): string[] {
  const order = [...instances].sort(
    (left, right) =>
      Number(unwanted.includes(right)) - Number(unwanted.includes(left)) || numberOf(right) - numberOf(left),
  );
  return order.slice(0, Math.max(0, instances.length - count));
}

/** The lowest numbers that are free, so that names come back and there are no more logs than instances. */
export function comingOf(instances: string[], count: number): number[] {
  const taken = new Set(instances.map(numberOf));
  const free: number[] = [];
  for (let number = 1; taken.size + free.length < count; number++) if (!taken.has(number)) free.push(number);
  return free;
}

/** Starts and stops instances until a role has `count`, and resolves when those that came are ready and those that went are gone. */
export async function scaleRole(
  system: Pick<System, 'instancesOf' | 'add' | 'remove'>,
  plan: Pick<RolePlan, 'unitOf' | 'agentOf'>,
  role: Role,
  count: number,
  unwanted: string[],
): Promise<void> {
  const instances = system.instancesOf(role).map(({ unit }) => unit.instance);
  const leave = async (instance: string): Promise<void> => {
    await system.remove(instance);
    await system.remove(agentNameOf(instance));
  };
  const come = async (number: number): Promise<void> => {
    await system.add(await plan.unitOf(role, number));
    const agent = await plan.agentOf(role, number);
    if (agent) await system.add(agent);
  };
  await Promise.all([...leavingOf(instances, count, unwanted).map(leave), ...comingOf(instances, count).map(come)]);
}

function numberOf(instance: string): number {
  return Number(instance.slice(instance.lastIndexOf('-') + 1));
}

import { join } from 'node:path';
import type { Role } from './args.ts';
import { startRole } from './role-process.ts';
import type { PlanInput } from './role-units.ts';
import type { Unit } from './supervised.ts';

/** Of the agent beside an instance. */
export const agentNameOf = (instance: string): string => `agent-${instance}`;

/** The agent beside one instance of a role, as the sidecar of a pod is. */
export function agentUnit(
  input: PlanInput,
  remoteWriteUrl: string,
  target: { role: Role; instance: string; opsPort: number },
  opsPort: number,
): Unit {
  const instance = agentNameOf(target.instance);
  const health = `http://127.0.0.1:${opsPort}/health`;
  return {
    role: 'agent',
    instance,
    ops: { ready: `${health}/ready`, live: `${health}/live`, metrics: null },
    start: () =>
      startRole({
        script: join(input.root, 'services/agent/main.ts'),
        cwd: input.root,
        logFile: input.logFileOf(instance),
        env: {
          ...input.environment,
          LONGWIRE_INSTANCE: target.instance,
          LONGWIRE_TARGET_ROLE: target.role,
          LONGWIRE_TARGET_URL: `http://127.0.0.1:${target.opsPort}`,
          LONGWIRE_OPS_PORT: String(opsPort),
          LONGWIRE_REMOTE_WRITE_URL: remoteWriteUrl,
        },
      }),
  };
}

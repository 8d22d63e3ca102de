import { join } from 'node:path';
import { userMysqlCalls } from '../../services/common/protocol/user-mysql-calls.ts';
import { createClient } from '../../services/common/rpc/client.ts';
import type { Role } from './args.ts';
import { consoleUser } from './console-user.ts';
import type { Installation } from './installation.ts';
import { startRole } from './role-process.ts';
import { type PlanInput, roleGraceMs } from './role-units.ts';
import type { RunFile } from './run-file.ts';
import { UpError } from './say.ts';
import type { Unit } from './supervised.ts';

const instance = 'console-1';

/** The console, one for all: where operators look at the system. */
export function consoleUnit(input: PlanInput, portOf: Record<Role, number>, port: number, opsPort: number): Unit {
  const ops = `http://127.0.0.1:${opsPort}`;
  return {
    role: 'console',
    instance,
    ops: { ready: `${ops}/health/ready`, live: `${ops}/health/live`, metrics: `${ops}/metrics` },
    start: () =>
      startRole({
        script: join(input.root, 'services/console/main.ts'),
        cwd: input.root,
        logFile: input.logFileOf(instance),
        env: {
          ...input.environment,
          LONGWIRE_INSTANCE: instance,
          LONGWIRE_LOG_LEVEL: 'info',
          LONGWIRE_OPS_PORT: String(opsPort),
          LONGWIRE_PORT: String(port),
          LONGWIRE_INTERNAL_SECRETS: input.installation.internalSecret,
          LONGWIRE_GRACE_MS: String(roleGraceMs),
          LONGWIRE_USER_REDIS_URL: `http://127.0.0.1:${portOf['user-redis']}`,
          LONGWIRE_USER_MYSQL_URL: `http://127.0.0.1:${portOf['user-mysql']}`,
          LONGWIRE_IM_URL: `http://127.0.0.1:${portOf.im}`,
          LONGWIRE_INSTANCES_FILE: input.instancesFile,
          LONGWIRE_DEVICE_URL: `ws://127.0.0.1:${portOf.cm}/sdk/v1`,
          // Plain http, from this machine alone; whoever reads the password here may use it as it is.
          LONGWIRE_SECURE_COOKIE: 'false',
          LONGWIRE_FORCE_PASSWORD_CHANGE: 'false',
          ...input.settings.console,
        },
      }),
  };
}

/** Makes the first operator, and says how to sign in: without a password once another one was chosen. @throws UpError */
export async function openConsole(
  port: number,
  userMysqlUrl: string,
  { internalSecret, console: { password, passwordHash } }: Installation,
): Promise<NonNullable<RunFile['console']>> {
  const client = createClient(userMysqlCalls, { url: userMysqlUrl, secret: internalSecret });
  try {
    const first = { name: consoleUser, passwordHash, mustChange: false };
    const { operator } = await client.calls.createFirstOperator(first, { deadlineMs: 15_000 });
    const url = `http://127.0.0.1:${port}/console/`;
    return { url, user: consoleUser, password: operator === null ? null : password };
  } catch (error) {
    throw new UpError(`the console's first operator could not be made: ${(error as Error).message}`);
  } finally {
    await client.close();
  }
}

import { type App, userMysqlCalls } from '../../../services/common/protocol/user-mysql-calls.ts';
import { createClient } from '../../../services/common/rpc/client.ts';
import { CliError, faultOfCall } from '../faults.ts';

/** An app with its credentials, as user-mysql has it. @throws CliError if there is none. */
export async function appOf(url: string, secret: string, appId: string): Promise<App> {
  const client = createClient(userMysqlCalls, { url, secret });
  try {
    const { app } = await client.calls.app({ appId });
    if (app === null) throw new CliError('failed', `there is no app ${appId}`);
    return app;
  } catch (error) {
    throw faultOfCall('user-mysql', error);
  } finally {
    await client.close();
  }
}

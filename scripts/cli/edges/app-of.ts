import { type App, userMysqlCalls } from '../../../services/common/protocol/user-mysql-calls.ts';
import { CliError } from '../faults.ts';
import { ask } from './internal-call.ts';

/** An app with its credentials, as user-mysql has it. @throws CliError if there is none. */
export async function appOf(url: string, secret: string, appId: string): Promise<App> {
  const { app } = await ask('user-mysql', userMysqlCalls, { url, secret }, (calls) => calls.app({ appId }));
  if (app === null) throw new CliError('failed', `there is no app ${appId}`);
  return app;
}

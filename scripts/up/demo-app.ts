import { createHash } from 'node:crypto';
import { type App, userMysqlCalls } from '../../services/common/protocol/user-mysql-calls.ts';
import { createClient } from '../../services/common/rpc/client.ts';
import { UpError } from './say.ts';

/** Makes sure that the app exists, as an operator would. Answers it as it is: its secrets may have been replaced. */
export async function ensureApp(userMysqlUrl: string, secret: string, app: App): Promise<App> {
  const client = createClient(userMysqlCalls, { url: userMysqlUrl, secret });
  try {
    const { appId, appKey, masterSecret, appSecret, name, disabled } = app;
    const wanted = { appId, appKey, masterSecret, appSecret, name, disabled };
    const { app: kept } = await client.calls.createApp(wanted, { deadlineMs: 15_000 });
    return kept ?? app;
  } catch (error) {
    throw new UpError(`the app could not be stored: ${(error as Error).message}`);
  } finally {
    await client.close();
  }
}

/** The body of `POST /auth` at this moment. */
export function authBody(app: App, now: number): { sign: string; timestamp: string; appkey: string } {
  const timestamp = String(now);
  const sign = createHash('sha256')
    .update(app.appKey + timestamp + app.masterSecret)
    .digest('hex');
  return { sign, timestamp, appkey: app.appKey };
}

/** A token for the upstream API, valid for 24 h. */
export async function upstreamToken(api: string, app: App): Promise<string> {
  const response = await fetch(`${api}/v2/${app.appId}/auth`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(authBody(app, Date.now())),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await response.json()) as { code: number; msg: string; data?: { token: string } };
  if (answer.code !== 0 || !answer.data) throw new UpError(`the upstream API gives no token: ${answer.msg}`);
  return answer.data.token;
}

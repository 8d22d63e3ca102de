import { join } from 'node:path';
import type { App } from '../../services/common/protocol/user-mysql-calls.ts';
import { type RunFile, runFileOf } from './run-file.ts';

/** What people need to know once the system is up. */
export function summary(run: RunFile, dataDir: string): string {
  return `
Longwire is up.

  upstream API   ${run.api}/v2/${run.app.appId}
  devices        ${run.sdk}
${consoleLine(run)}  credentials    appId ${run.app.appId}
                 appKey ${run.app.appKey}
                 masterSecret ${run.app.masterSecret}
                 appSecret ${run.app.appSecret}
  processes      ${runFileOf(dataDir)} (health and metrics of each)
  logs           ${join(dataDir, 'logs')}
`;
}

function consoleLine({ console: at }: RunFile): string {
  if (at === undefined) return '';
  const password = at.password === null ? 'password as it was chosen' : `password ${at.password}`;
  return `  console        ${at.url} user ${at.user} ${password}\n`;
}

/** How to push to the demo device: complete commands for a shell. */
export function pushHint(run: Pick<RunFile, 'api' | 'app'>, token: string, cid: string): string {
  const base = `${run.api}/v2/${run.app.appId}`;
  const json = `-H 'content-type: application/json'`;
  const message = `"audience":{"cid":["${cid}"]},"push_message":{"notification":{"title":"Hello","body":"from Longwire","click_type":"none"}}`;
  return `
A demo device is online. Push to it (the token is valid for 24 h):

curl -s ${base}/push/single/cid ${json} -H 'token: ${token}' -d '{"request_id":"'$(date +%s%N)'",${message}}'

A new token:

${newTokenCommand(base, run.app)}

Ctrl-C stops everything and keeps the data.
`;
}

function newTokenCommand(base: string, app: Pick<App, 'appKey' | 'masterSecret'>): string {
  const sign = `S=$(printf %s "${app.appKey}\${T}${app.masterSecret}" | sha256sum | cut -c1-64)`;
  const body = `'{"sign":"'$S'","timestamp":"'$T'","appkey":"${app.appKey}"}'`;
  return `T=$(date +%s%3N); ${sign}; curl -s ${base}/auth -H 'content-type: application/json' -d ${body}`;
}

import { createHmac } from 'node:crypto';

/**
 * The headers by which an Apollo server knows who asks: good for about a minute around `nowMs`, so each try has its own.
 *
 * @param pathWithQuery exactly as it is sent.
 */
export function signatureHeaders(
  appId: string,
  accessKey: string,
  pathWithQuery: string,
  nowMs: number,
): Record<string, string> {
  const timestamp = String(nowMs);
  const signature = createHmac('sha1', accessKey).update(`${timestamp}\n${pathWithQuery}`).digest('base64');
  return { authorization: `Apollo ${appId}:${signature}`, timestamp };
}

import { createHmac } from 'node:crypto';

/** The signature of one registration, step by step. */
export interface SignatureVector {
  name: string;
  appSecret: string;
  appId: string;
  ts: number;
  nonce: string;
  /** What is signed: `appId`, `ts` and `nonce` with line feeds between and none at the end, as UTF-8. */
  text: string;
  /** Its bytes, in hex. */
  bytes: string;
  /** 64 lower-case hex digits. */
  sign: string;
}

const cases: [name: string, secret: string, appId: string, ts: number, nonce: string][] = [
  ['plain', 'd2VsY29tZSB0byBsb25nd2lyZQ', 'demo', 1_764_000_000_000, '5b0e7a94c1d2'],
  ['the shortest nonce', 's', 'a', 0, '00000000'],
  ['the longest nonce and app', 'S'.repeat(128), 'A-_9'.repeat(16), 9_007_199_254_740_991, 'f'.repeat(64)],
  ['characters of more than one byte', 'gehëim 密钥', 'demo', 1_764_000_000_001, 'nönce-推送-🚚'],
];

export function signatureVectors(): SignatureVector[] {
  return cases.map(([name, appSecret, appId, ts, nonce]) => {
    const text = `${appId}\n${ts}\n${nonce}`;
    const sign = createHmac('sha256', Buffer.from(appSecret, 'utf8')).update(text, 'utf8').digest('hex');
    return { name, appSecret, appId, ts, nonce, text, bytes: Buffer.from(text, 'utf8').toString('hex'), sign };
  });
}

import { DeviceError } from '../errors.ts';
import type { DeviceInfo, RegisterFrame } from '../frames.ts';

export interface SignRequest {
  appId: string;
  ts: number;
  nonce: string;
  /** What is to be signed: `appId`, `ts` and `nonce` with line feeds between. */
  text: string;
}

const signature = /^[0-9a-f]{64}$/;

/** Answers hex HMAC-SHA256(key `appSecret`, `text`). An app whose secret must not be in a page asks its own backend here. */
export type Sign = (request: SignRequest) => string | Promise<string>;

/** Signs with a secret at hand. */
export function signWith(appSecret: string): Sign {
  return async ({ text }) => {
    const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
    if (subtle === undefined) {
      throw new DeviceError(
        'no_webcrypto',
        'no crypto.subtle here: serve the page over HTTPS or from localhost, or give `sign`',
      );
    }
    const encoder = new TextEncoder();
    const secret = encoder.encode(appSecret);
    const key = await subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    return toHex(new Uint8Array(await subtle.sign('HMAC', key, encoder.encode(text))));
  };
}

/** @param ts ms since the epoch; the server refuses one that is more than 5 minutes off. */
export async function signRegistration(
  appId: string,
  device: DeviceInfo,
  ts: number,
  sign: Sign,
): Promise<RegisterFrame> {
  const nonce = newNonce();
  const answer = await sign({ appId, ts, nonce, text: `${appId}\n${ts}\n${nonce}` });
  const signed = String(answer).trim().toLowerCase();
  // Else what a backend in trouble answers would be sent, and refused.
  if (!signature.test(signed)) throw new DeviceError('sign_failed', 'sign: must answer 64 hex digits');
  return { t: 'register', appId, ts, nonce, sign: signed, device };
}

/** 32 hex digits. They must be new, not secret: where there is no WebCrypto (React Native) plain random ones do. */
function newNonce(): string {
  const plain = Uint8Array.from({ length: 16 }, () => Math.random() * 256);
  return toHex(globalThis.crypto?.getRandomValues?.(plain) ?? plain);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

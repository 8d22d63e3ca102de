import { createECDH } from 'node:crypto';
import { LongwireError } from '../../../common/errors.ts';

/** Who sends, for push services (RFC 8292). */
export interface Vapid {
  subject: string;
  publicKey: string;
  privateKey: string;
}

export interface VapidConfig {
  webPushSubject?: string;
  webPushPublicKey?: string;
  webPushPrivateKey?: string;
}

/** Whether a subject is one that some services refuse with every message: nobody can be reached by it. */
export function isUnreachable(subject: string): boolean {
  const ofUrl = URL.canParse(subject) ? new URL(subject).hostname : '';
  const host = subject.startsWith('mailto:') ? subject.slice(subject.lastIndexOf('@') + 1) : ofUrl;
  return !host.includes('.') || /\.(local|localhost|internal|invalid|test)$/.test(host);
}

/**
 * What is configured; undefined if nothing is.
 *
 * @throws LongwireError `bad_request` if something is missing, or the keys are not of one pair: every service would refuse all.
 */
export function vapidOf(config: VapidConfig): Vapid | undefined {
  const { webPushSubject: subject, webPushPublicKey: publicKey, webPushPrivateKey: privateKey } = config;
  if (subject === undefined && publicKey === undefined && privateKey === undefined) return undefined;
  if (subject === undefined || publicKey === undefined || privateKey === undefined) {
    throw new LongwireError('bad_request', 'webPushSubject, webPushPublicKey and webPushPrivateKey belong together');
  }
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(privateKey, 'base64url');
  if (ecdh.getPublicKey('base64url') !== publicKey) {
    throw new LongwireError('bad_request', 'webPushPublicKey and webPushPrivateKey are not of one pair');
  }
  return { subject, publicKey, privateKey };
}

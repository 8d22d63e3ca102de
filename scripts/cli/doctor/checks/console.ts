import { type Check, type Finding, fault, fine, notChecked } from '../finding.ts';
import type { RoleConfig } from '../readings.ts';

/** What the console's keys say of how browsers reach it has to fit together. */
export const consoleAddresses: Check = {
  name: 'console',
  run({ configs, noConfigs }) {
    const consoles = configs.filter(({ role }) => role === 'console');
    if (consoles.length === 0) {
      return [notChecked('the console', configs.length === 0 ? noConfigs : 'no configuration of one is known')];
    }
    return consoles.flatMap((config) => {
      const of = `console (${config.from})`;
      const found = [...cookieFaults(config, of), ...deviceFaults(config, of)];
      return found.length > 0 ? found : [fine(of, 'its cookie and its addresses fit together')];
    });
  },
};

/** Browsers take a machine's own address for a safe one. */
const isLocal = (url: string): boolean => /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(url);

function cookieFaults({ values: { publicUrl, secureCookie } }: RoleConfig, of: string): Finding[] {
  if (typeof publicUrl !== 'string') return [];
  const isHttps = publicUrl.startsWith('https:');
  if (!isHttps && secureCookie === true && !isLocal(publicUrl)) {
    const means =
      'Browsers don’t keep the session’s cookie over plain http: whoever signs in is asked to sign in again.';
    const mend = 'Put TLS before the console and set publicUrl to its https address (operations.md, console).';
    return [fault('wrong', of, `publicUrl is plain http, and secureCookie is true`, means, mend)];
  }
  if (isHttps && secureCookie === false) {
    const means =
      'A browser that is led to the http address sends the session’s cookie where anybody on the way reads it.';
    return [fault('weak', of, 'publicUrl is https, and secureCookie is false', means, 'Set secureCookie to true.')];
  }
  return [];
}

function deviceFaults({ values: { publicUrl, deviceUrl } }: RoleConfig, of: string): Finding[] {
  if (typeof publicUrl !== 'string' || typeof deviceUrl !== 'string') return [];
  if (!publicUrl.startsWith('https:') || !deviceUrl.startsWith('ws:')) return [];
  const means = 'Browsers refuse a plain WebSocket from a page that came over https: virtual devices don’t connect.';
  const mend = 'Set deviceUrl to a wss: address of the devices’ entrance.';
  return [fault('weak', of, 'publicUrl is https, and deviceUrl is ws:', means, mend)];
}

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selfSignedCertificate } from '../certificate.ts';

/**
 * Writes what a cluster's parts and kubectl know each other by: one account, who may do everything, for parts and people alike,
 * the key by which pods' accounts are signed, and what a server of more of the API knows the first one by.
 *
 * @returns the file for kubectl
 */
export function writeCredentials(dir: string, server: string): string {
  const token = randomBytes(16).toString('hex');
  writeFileSync(join(dir, 'tokens'), `${token},longwire,longwire,"system:masters"\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(dir, 'account.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const proxy = selfSignedCertificate();
  writeFileSync(join(dir, 'proxy.crt'), proxy.cert);
  writeFileSync(join(dir, 'proxy.key'), proxy.key, { mode: 0o600 });
  const name = 'longwire-one-node';
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': name },
    clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  const file = join(dir, 'kubeconfig');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

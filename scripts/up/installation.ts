import { createECDH, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashPassword } from '../../services/common/password-hash.ts';
import type { App } from '../../services/common/protocol/user-mysql-calls.ts';
import type { BusKind } from './args.ts';
import { UpError } from './say.ts';

/** What is decided once for a data folder and kept in it: secrets, the demo app's credentials, the keys of Web Push, the console's first password, the bus. */
export interface Installation {
  bus: BusKind;
  internalSecret: string;
  identityKey: string;
  tokenKey: string;
  /** What credentials of vendors' channels are encrypted with. */
  channelSecretsKey: string;
  app: App;
  /** The VAPID keys: browsers' subscriptions belong to them. */
  webPush: { publicKey: string; privateKey: string };
  /** Of the first operator. */
  console: { password: string; passwordHash: string };
}

/**
 * Reads what the folder has, or makes it.
 *
 * @param bus the one asked for; undefined takes the folder's.
 * @throws UpError if the folder was made for the other bus: positions of one mean nothing on another, so devices would
 *   take new messages for ones they have finished.
 */
export function openInstallation(dataDir: string, bus: BusKind | undefined): Installation {
  const file = join(dataDir, 'installation.json');
  const kept = read(file);
  if (kept) {
    if (bus === undefined || bus === kept.bus) {
      const { webPush, console: ofConsole, channelSecretsKey } = kept;
      if (webPush && ofConsole && channelSecretsKey) return { ...kept, webPush, console: ofConsole, channelSecretsKey };
      // A folder of before there was Web Push, a console, or a vendor's channel.
      return written(file, {
        ...kept,
        webPush: webPush ?? vapidKeys(),
        console: ofConsole ?? consolePassword(),
        channelSecretsKey: channelSecretsKey ?? secret(),
      });
    }
    throw new UpError(
      `the data in ${dataDir} belongs to bus ${kept.bus}; for bus ${bus} choose another folder with --data`,
    );
  }
  const made: Installation = {
    bus: bus ?? 'redis',
    internalSecret: secret(),
    identityKey: secret(),
    tokenKey: secret(),
    channelSecretsKey: secret(),
    app: {
      appId: `demo-${randomBytes(8).toString('hex')}`,
      appKey: secret(),
      masterSecret: secret(),
      appSecret: secret(),
      name: 'demo',
      disabled: false,
    },
    webPush: vapidKeys(),
    console: consolePassword(),
  };
  return written(file, made);
}

function written(file: string, installation: Installation): Installation {
  writeFileSync(`${file}.new`, `${JSON.stringify(installation, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return installation;
}

function read(
  file: string,
): (Omit<Installation, 'webPush' | 'console' | 'channelSecretsKey'> & Partial<Installation>) | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UpError(`${file} can't be read: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(text) as Installation;
  } catch {
    throw new UpError(`${file} is damaged; restore it or choose another folder with --data`);
  }
}

function vapidKeys(): Installation['webPush'] {
  const ecdh = createECDH('prime256v1');
  const publicKey = ecdh.generateKeys('base64url');
  // Leading zeros are left out here, and are part of the key elsewhere.
  const zeros = Buffer.alloc(32);
  return { publicKey, privateKey: Buffer.concat([zeros, ecdh.getPrivateKey()]).subarray(-32).toString('base64url') };
}

/** The hash is kept too: that the operator still has it says that the password was not changed. */
function consolePassword(): Installation['console'] {
  const password = randomBytes(12).toString('base64url');
  return { password, passwordHash: hashPassword(password) };
}

/** No comma, as lists in the environment are separated by one. */
function secret(): string {
  return randomBytes(16).toString('hex');
}

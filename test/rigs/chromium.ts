import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import type { Availability } from './maven.ts';

const run = promisify(execFile);

/** Names under which systems have it; setup looks for the same. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const startLimitMs = 20_000;

export const flags = [
  ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
] as const;

/** What is switched off for tests, and what tests of a page's life need: the back/forward cache, slow timers of what is hidden. */
const forTests = [
  '--disable-back-forward-cache',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** Whether there is one on the PATH that runs. */
export async function chromiumAvailable(): Promise<Availability> {
  const command = await findChromium();
  return command === undefined ? { ok: false, reason: 'needs Chromium: none on the PATH runs' } : { ok: true };
}

/**
 * A headless Chromium with a new, empty profile, which goes with it. Each context in it is a person of its own: nothing
 * stored in one is seen in another.
 *
 * @param options `asUsersHaveIt`: with a back/forward cache, and with timers that are slowed in hidden pages.
 * @throws Error if there is none, or if it does not start within 20 s.
 */
export async function startChromium(options: { asUsersHaveIt?: boolean } = {}): Promise<Browser> {
  return chromium.launch({
    ...(await launchOptions()),
    ...(options.asUsersHaveIt ? { ignoreDefaultArgs: forTests } : {}),
  });
}

/** A headless Chromium on the profile in this folder, made if it isn't there, which stays when the browser closes. */
export async function startChromiumOn(profileDir: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profileDir, await launchOptions());
}

async function launchOptions() {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error(`none of ${names.join(', ')} runs`);
  return {
    executablePath,
    headless: true,
    // Containers seldom allow what the sandbox needs; the only pages here are the tests' own.
    chromiumSandbox: false,
    args: [...flags],
    timeout: startLimitMs,
  };
}

/** Path of the first that answers; a stand-in that only says how to install it does not. */
export async function findChromium(): Promise<string | undefined> {
  for (const name of names) {
    try {
      const { stdout } = await run('sh', ['-c', `command -v ${name} && ${name} --version`], { timeout: startLimitMs });
      return stdout.split('\n')[0];
    } catch {
      // Not under this name.
    }
  }
  return undefined;
}

import { OptionError } from './option-error.ts';

/** Where the system is, and the app that is pushed to. */
export interface Target {
  /** Base of the upstream API, without a slash at the end. */
  api: string;
  /** Where devices connect. */
  ws: string;
  appId: string;
  appKey: string;
  masterSecret: string;
  appSecret: string;
}

/** As much of the `run.json` of `npm run up` as is read here. */
export interface RunningSystem {
  api: string;
  sdk: string;
  app: { appId: string; appKey: string; masterSecret: string; appSecret: string };
}

const sources = {
  api: { flag: '--api', env: 'LONGWIRE_API' },
  ws: { flag: '--ws', env: 'LONGWIRE_WS' },
  appId: { flag: '--app', env: 'LONGWIRE_APP_ID' },
  appKey: { flag: '--key', env: 'LONGWIRE_APP_KEY' },
  masterSecret: { flag: '--master-secret', env: 'LONGWIRE_MASTER_SECRET' },
  appSecret: { flag: '--app-secret', env: 'LONGWIRE_APP_SECRET' },
} as const;

/**
 * Each part comes from its option, else from the environment; without an address, what is missing comes from the system
 * that `npm run up` runs.
 *
 * @param running undefined if none runs in `dataDir`. @throws OptionError
 */
export function findTarget(
  given: Partial<Record<keyof Target, string | undefined>>,
  env: Record<string, string | undefined>,
  running: RunningSystem | undefined,
  dataDir: string,
): Target {
  const from = (name: keyof Target): string | undefined => given[name] ?? env[sources[name].env];
  if (from('api') === undefined && running === undefined) {
    throw new OptionError(
      `--api is missing, and no system runs in ${dataDir}: give the address of the API, or start one with npm run up`,
    );
  }
  const own = from('api') === undefined ? running : undefined;
  const known: Partial<Record<keyof Target, string>> = own ? { ...own.app, api: own.api, ws: own.sdk } : {};
  const need = (name: Exclude<keyof Target, 'ws'>): string => {
    const value = from(name) ?? known[name];
    if (value !== undefined && value !== '') return value;
    throw new OptionError(`${sources[name].flag} is missing: give it, or ${sources[name].env} in the environment`);
  };
  const api = need('api');
  if (!isUrl(api, /^https?:$/)) throw new OptionError(`--api ${api}: allowed is a URL, http(s)://HOST[:PORT]`);
  const base = api.replace(/\/+$/, '').replace(/\/v2$/, '');
  const ws = from('ws') ?? known.ws ?? wsBeside(base);
  if (!isUrl(ws, /^wss?:$/)) throw new OptionError(`--ws ${ws}: allowed is a URL, ws(s)://HOST[:PORT]/sdk/v1`);
  return {
    api: base,
    ws: new URL(ws).pathname === '/' ? `${ws.replace(/\/+$/, '')}/sdk/v1` : ws,
    appId: need('appId'),
    appKey: need('appKey'),
    masterSecret: need('masterSecret'),
    appSecret: need('appSecret'),
  };
}

/** The devices' port is the one after the API's, as with `npm run up`. */
function wsBeside(api: string): string {
  const { hostname, port, protocol } = new URL(api);
  if (port === '') {
    throw new OptionError(
      `--ws is missing: ${api} has no port, so the devices' can't be told from it; give ws(s)://HOST/sdk/v1`,
    );
  }
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${hostname}:${Number(port) + 1}/sdk/v1`;
}

function isUrl(text: string, protocol: RegExp): boolean {
  return URL.canParse(text) && protocol.test(new URL(text).protocol);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Static, TObject } from 'typebox';
import { backoffMs } from '../backoff.ts';
import { baseConfig, busConfig, callsConfig, identityConfig, routeConfig } from '../base-config.ts';
import { ConfigError, loadWithSources } from '../config.ts';
import { LongwireError, toLongwireError } from '../errors.ts';
import type { InstanceSettings } from '../protocol/settings-calls.ts';
import { describeSettings } from './describe.ts';
import { backupFileOf, readBackup } from './edges/backup-file.ts';
import { createApolloHttp } from './edges/http.ts';
import { type FollowDeps, follow } from './follow.ts';
import { LiveConfig } from './live-config.ts';
import type { NamespaceRead } from './overlay.ts';
import { ApolloReader } from './reader.ts';
import { type ApolloSettings, apolloSettings } from './settings.ts';

export interface OpenedConfig<S extends TObject> {
  /** One object for good; its hot keys change once it is followed. */
  config: Readonly<Static<S>>;
  /** Takes changes from now on, and shows the state in logs, metrics and `/health/ready`. */
  follow: (deps: FollowDeps) => void;
  /** What holds now and where it comes from, for people to look at: without secrets. */
  settings: () => InstanceSettings;
}

/** Keys that several roles have: what namespaces shared between roles may hold. */
const sharedKeys: ReadonlySet<string> = new Set(
  Object.keys({ ...baseConfig, ...busConfig, ...routeConfig, ...identityConfig, ...callsConfig }),
);

/** Configuration faults: starting again changes nothing. */
const faultyExit = 78;
/** Neither Apollo nor a backup: starting again may help. */
const awayExit = 75;

/** Apollo is needed and away, and there is no backup. */
export class ApolloAwayError extends Error {}

/**
 * Reads a configuration: defaults, file and environment, over them Apollo's namespaces. If Apollo doesn't answer, or has what
 * doesn't fit, the backup takes its place; where there is none, Apollo is tried again while the start's time lasts.
 *
 * @throws ConfigError if something doesn't fit and there is no backup; ApolloAwayError if Apollo is away, is required, and
 * there is no backup.
 */
export async function openConfig<S extends TObject>(
  service: string,
  schema: S,
  env: NodeJS.ProcessEnv,
): Promise<OpenedConfig<S>> {
  const { values: base, sources } = loadWithSources(schema, env);
  const settings = apolloSettings(base as Parameters<typeof apolloSettings>[0], service);
  const live = new LiveConfig(schema, base, sharedKeys);
  const described = (): InstanceSettings => describeSettings(schema, live, sources);
  if (!settings) {
    return { config: live.values, follow: (deps) => follow({ ...deps, live, centre: undefined }), settings: described };
  }

  const now = Date.now;
  const http = createApolloHttp({ ...settings, now });
  const reader = new ApolloReader(settings, http.get, { now, random: Math.random });
  const backup = backupOf(settings, service);
  const found = await readAll(reader, settings, !('reads' in backup));
  const outcome = found.ok ? live.begin(found.reads, 'apollo') : undefined;
  const warnings = outcome?.applied ? [] : beginWithout(live, settings, backup, found, outcome?.faults);
  return {
    config: live.values,
    settings: described,
    follow: (deps) =>
      follow({
        ...deps,
        live,
        centre: {
          ...{ reader, settings, now, warnings },
          backup: placeOfBackup(settings, service),
          reads: found.ok ? found.reads : undefined,
          close: http.close,
        },
      }),
  };
}

/** `openConfig` for a `main.ts`: prints one line a fault and ends the process if it can't be. */
export async function openConfigOrExit<S extends TObject>(
  service: string,
  schema: S,
  env: NodeJS.ProcessEnv,
): Promise<OpenedConfig<S>> {
  try {
    return await openConfig(service, schema, env);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ApolloAwayError)) throw error;
    const faults = error instanceof ConfigError ? error.faults : [error.message];
    for (const fault of faults) process.stderr.write(`${service}: configuration: ${fault}\n`);
    return process.exit(error instanceof ConfigError ? faultyExit : awayExit);
  }
}

type FoundBackup = { reads: NamespaceRead[]; saved: string } | { fault: string };
type Found = { ok: true; reads: NamespaceRead[] } | { ok: false; error: LongwireError };

/** @param patient goes on trying while the start's time lasts: there is nothing else to begin with. */
async function readAll(
  reader: ApolloReader,
  { namespaces, startMs }: ApolloSettings,
  patient: boolean,
): Promise<Found> {
  const deadline = AbortSignal.timeout(startMs);
  let last: LongwireError | undefined;
  for (let failures = 0; !deadline.aborted; failures++) {
    try {
      const reads: NamespaceRead[] = [];
      for (const namespace of namespaces) {
        reads.push({ namespace, release: await reader.read(namespace, undefined, undefined, deadline) });
      }
      return { ok: true, reads };
    } catch (error) {
      if (deadline.aborted) break;
      last = toLongwireError(error, 'unavailable');
      if (!patient || !last.retryable) break;
      await sleep(10 + backoffMs(failures, 200, 2_000), undefined, { signal: deadline }).catch(() => {});
    }
  }
  return { ok: false, error: last ?? new LongwireError('timeout', `no answer within ${startMs} ms`) };
}

/** @returns what is to be said of it, once there is a log. */
function beginWithout<S extends TObject>(
  live: LiveConfig<S>,
  settings: ApolloSettings,
  backup: FoundBackup,
  found: Found,
  refused: string[] | undefined,
): string[] {
  const why = found.ok ? (refused ?? []).map((fault) => `Apollo: ${fault}`) : [`Apollo: ${found.error.message}`];
  if ('reads' in backup) {
    const outcome = live.begin(backup.reads, 'backup');
    if (outcome.applied) return [...why, `the backup of ${backup.saved} is used`];
    why.push(...outcome.faults.map((fault) => `backup: ${fault}`));
  } else {
    why.push(`backup: ${backup.fault}`);
  }
  if (found.ok) throw new ConfigError(why);
  if (settings.required) throw new ApolloAwayError(why.join('; '));
  return [...why, 'going on without, as apolloRequired is false'];
}

function backupOf(settings: ApolloSettings, service: string): FoundBackup {
  const place = placeOfBackup(settings, service);
  if (!place) return { fault: 'apolloBackupDir is not set' };
  const found = readBackup(place.file, place.of);
  if ('fault' in found) return { fault: `${place.file} ${found.fault}` };
  const { releases, savedMs } = found.backup;
  const reads = settings.namespaces.map((namespace) => ({
    namespace,
    release: releases.find(({ namespaceName }) => namespaceName === namespace),
  }));
  return { reads, saved: new Date(savedMs).toISOString() };
}

function placeOfBackup(settings: ApolloSettings, service: string): { file: string; of: string } | undefined {
  const { backupDir, appId, cluster, env, label } = settings;
  if (backupDir === undefined) return undefined;
  const of = [appId, cluster, env, label].filter((part) => part !== undefined).join(' ');
  return { file: backupFileOf(backupDir, service), of };
}

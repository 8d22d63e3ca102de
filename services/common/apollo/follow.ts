import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import type { TObject } from 'typebox';
import { type ErrorCode, toLongwireError } from '../errors.ts';
import type { Health } from '../health.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import { type Backup, writeBackup } from './edges/backup-file.ts';
import type { LiveConfig, Outcome } from './live-config.ts';
import { createConfigMetrics } from './metrics.ts';
import type { NamespaceRead } from './overlay.ts';
import type { ApolloReader } from './reader.ts';
import { Repeated } from './repeated.ts';
import type { ApolloSettings } from './settings.ts';
import { ApolloWatch } from './watch.ts';

/** What following a configuration takes of a service. */
export interface FollowDeps {
  log: Logger;
  registry: Registry;
  health: Health;
  lifecycle: Lifecycle;
}

/** A fault that lasts is said again this often. */
const sayAgainMs = 300_000;

/** The config centre of a running process, and how its start went with it. */
export interface Centre {
  reader: ApolloReader;
  settings: ApolloSettings;
  now: () => number;
  /** Of the start, said once there is a log. */
  warnings: string[];
  backup: { file: string; of: string } | undefined;
  /** What was read at the start. */
  reads: NamespaceRead[] | undefined;
  close: () => Promise<void>;
}

/** Shows a configuration in metrics and on `/health/ready` and, where there is a config centre, follows it until the stop. */
export function follow<S extends TObject>({
  live,
  centre,
  log,
  registry,
  health,
  lifecycle,
}: FollowDeps & { live: LiveConfig<S>; centre: Centre | undefined }): void {
  live.onChange((changed) => {
    const { logLevel } = live.values as { logLevel?: string };
    if (changed.includes('logLevel') && logLevel !== undefined) log.level = logLevel;
  });
  let answeredMs = centre?.reads ? centre.now() : undefined;
  const ageSeconds = (): number | undefined =>
    centre && answeredMs !== undefined ? Math.max(0, centre.now() - answeredMs) / 1_000 : undefined;
  const metrics = createConfigMetrics(registry, { state: () => live.state, ageSeconds });
  health.addNote('config', () => ({ ...live.state, ageSeconds: ageSeconds() ?? null }));
  if (!centre) return;

  const { settings, now, backup } = centre;
  for (const fault of centre.warnings) log.warn({ fault }, 'configuration at the start');
  if (live.state.refused) metrics.refused.inc();
  if (live.state.source === 'apollo') log.info({ releases: live.state.releases }, 'configuration from Apollo');
  const save = (reads: NamespaceRead[]): void => {
    if (backup) saveBackup(backup, reads, now(), log);
  };
  if (centre.reads && live.state.source === 'apollo') save(centre.reads);

  const faults = new Repeated<ErrorCode>(sayAgainMs, now);
  const watch = new ApolloWatch(
    {
      reader: centre.reader,
      namespaces: settings.namespaces,
      onReleases(reads) {
        const outcome = live.offer(reads);
        tell(outcome, live, log);
        if (outcome.applied) save(reads);
        else metrics.refused.inc();
      },
      onAnswer() {
        answeredMs = now();
        if (faults.over()) log.info('Apollo answers again');
      },
      onFault(error) {
        const { code, message } = toLongwireError(error, 'unavailable');
        if (faults.due(code)) log.warn({ code, fault: message }, 'Apollo gives no configuration, what there is stays');
      },
      now,
      random: Math.random,
      pause: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
    },
    centre.reads,
  );
  watch.start();
  lifecycle.onStop('configuration', async () => {
    await watch.stop();
    await centre.close();
  });
}

function tell<S extends TObject>(outcome: Outcome, { state, values }: LiveConfig<S>, log: Logger): void {
  if (!outcome.applied) {
    for (const fault of outcome.faults)
      log.error({ fault }, 'configuration of Apollo is refused, the one before stays');
    return;
  }
  const { changed, pending } = outcome;
  const now = Object.fromEntries(changed.map((key) => [key, (values as Record<string, unknown>)[key]]));
  log.info({ releases: state.releases, changed: now }, 'configuration of Apollo is applied');
  for (const key of pending) log.warn({ key }, 'configuration: takes effect at the next start');
}

/** A disk that can't be written to is no reason to refuse a release: the next start has to find Apollo. */
function saveBackup(
  { file, of }: { file: string; of: string },
  reads: NamespaceRead[],
  savedMs: number,
  log: Logger,
): void {
  const releases: Backup['releases'] = reads.flatMap(({ namespace, release }) =>
    release ? [{ namespaceName: namespace, ...pick(release) }] : [],
  );
  try {
    writeBackup(file, { of, savedMs, releases });
  } catch (error) {
    log.warn({ file, err: error }, 'the backup of the configuration cannot be written');
  }
}

function pick({ releaseKey, configurations }: Backup['releases'][number]) {
  return { releaseKey, configurations };
}

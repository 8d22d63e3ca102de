import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { UpOptions } from './args.ts';
import { Autoscaler, type Scalable } from './autoscale.ts';
import { buildPages } from './console-pages.ts';
import { openConsole } from './console-unit.ts';
import type { DataFolder } from './data-folder.ts';
import { ensureApp } from './demo-app.ts';
import { EveningOut } from './evening-out.ts';
import { type Installation, openInstallation } from './installation.ts';
import { instancesFileOf, writeInstancesFile } from './instances-file.ts';
import { PortFinder } from './ports.ts';
import { endAll, marker, startedFor } from './process-table.ts';
import { roleKeys } from './role-keys.ts';
import { planRoles, type RolePlan, roleGraceMs } from './role-units.ts';
import { type RunFile, removeRunFile, writeRunFile } from './run-file.ts';
import { say } from './say.ts';
import { scaleRole } from './scale-role.ts';
import { settingsOf } from './settings.ts';
import { planStores, type Stores } from './stores.ts';
import { System } from './system.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const storeGraceMs = 15_000;

/** A system that is being started on one data folder, or is up. */
export interface Up {
  installation: Installation;
  /** Resolves when it is ready, and `run.json` is there. @throws UpError */
  start(): Promise<RunFile>;
  /** Ends all that was started, in order. May be called at any time. */
  stop(): Promise<void>;
}

/** Plans a system, after ending what an `up` that was killed has left behind. @throws UpError */
export async function prepareUp(options: UpOptions, folder: DataFolder): Promise<Up> {
  const settings = settingsOf(options.settings, roleKeys);
  const dataDir = folder.path;
  removeRunFile(dataDir);
  const left = await endAll(() => startedFor(dataDir), 10_000);
  if (left > 0) say(`ended ${left} processes that an earlier up had left`);
  const installation = openInstallation(dataDir, options.bus);
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const logFileOf = (instance: string): string => join(dataDir, 'logs', `${instance}.log`);
  // Rigs pass this process's environment on to the stores.
  process.env[marker] = dataDir;
  const ports = new PortFinder();
  const stores = await planStores(dataDir, installation.bus, ports);
  const environment = roleEnvironment(dataDir);
  const instancesFile = instancesFileOf(dataDir);
  const plan = await planRoles({
    ...{ options, installation, stores, ports, root, logFileOf, environment, settings, instancesFile },
  });

  let ready = false;
  const system = new System({
    groups: groupsOf(stores, plan),
    logFileOf,
    urlOf: stores.urlOf,
    onChange: () => {
      writeInstancesFile(instancesFile, system.units());
      if (ready) writeRunFile(dataDir, describe());
    },
  });
  let ofConsole: RunFile['console'];
  const describe = (): RunFile => ({
    api: `http://127.0.0.1:${plan.portOf.im}`,
    sdk: `ws://127.0.0.1:${plan.portOf.cm}/sdk/v1`,
    webPush: { publicKey: installation.webPush.publicKey },
    app: credentialsOf(installation),
    ...(ofConsole === undefined ? {} : { console: ofConsole }),
    internal: { userMysql: `http://127.0.0.1:${plan.portOf['user-mysql']}`, secret: installation.internalSecret },
    processes: system.processes(),
  });

  const eveningOut = new EveningOut(installation.internalSecret);
  const scale: Scalable['scale'] = async (role, count, unwanted) => {
    const before = system.instancesOf(role).length;
    await scaleRole(system, plan, role, count, unwanted);
    const ops = system.instancesOf(role)[0]?.unit.ops;
    // Devices that are connected stay where they are, until they are told.
    if (role === 'cm' && count > before && ops) eveningOut.begin(new URL(ops.ready).origin);
  };
  const autoscaler =
    options.autoscale && new Autoscaler({ members: (role) => system.instancesOf(role), scale }, options.autoscale);

  return {
    installation,
    async start() {
      if (plan.console) await buildPages(root);
      await system.start();
      const userMysql = `http://127.0.0.1:${plan.portOf['user-mysql']}`;
      installation.app = await ensureApp(userMysql, installation.internalSecret, installation.app);
      if (plan.console) ofConsole = await openConsole(plan.console.port, userMysql, installation);
      ready = true;
      const run = describe();
      writeRunFile(dataDir, run);
      autoscaler?.start();
      return run;
    },
    async stop() {
      autoscaler?.stop();
      eveningOut.stop();
      ready = false;
      removeRunFile(dataDir);
      await system.stop();
    },
  };
}

/** In the order of starting. IM and CM call the other two until their last moment, all of them the stores, and the console all of them. */
function groupsOf(stores: Stores, plan: RolePlan) {
  const isFront = (role: string): boolean => role === 'im' || role === 'cm';
  const graceMs = roleGraceMs + 2_000;
  return [
    { units: stores.units, graceMs: storeGraceMs },
    { units: plan.units.filter(({ role }) => !isFront(role)), graceMs },
    { units: plan.units.filter(({ role }) => isFront(role)), graceMs },
    { units: plan.console ? [plan.console.unit] : [], graceMs },
    { units: plan.agents, graceMs },
  ];
}

function credentialsOf({ app }: Installation): RunFile['app'] {
  return { appId: app.appId, appKey: app.appKey, masterSecret: app.masterSecret, appSecret: app.appSecret };
}

/**
 * Nothing of what configures another Longwire in this shell reaches the roles, but where their config centre is; its backup is kept
 * with the other data.
 */
function roleEnvironment(dataDir: string): NodeJS.ProcessEnv {
  const passed = new Set(['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS']);
  const kept = Object.entries(process.env).filter(([name]) => passed.has(name) || name.startsWith('LONGWIRE_APOLLO_'));
  return { LONGWIRE_APOLLO_BACKUP_DIR: join(dataDir, 'apollo'), ...Object.fromEntries(kept), [marker]: dataDir };
}

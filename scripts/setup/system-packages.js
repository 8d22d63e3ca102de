import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { capture, lastLines, runStep, SetupError, say } from './progress.js';

const alsoSearched = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A machine that has just started may be updating itself. */
const waitForLock = ['-o', 'DPkg::Lock::Timeout=120'];

/**
 * What the system has to have, and the Debian packages that bring it. `packages` are tried in order: names differ
 * between releases.
 */
const tools = {
  redis: { label: 'redis-server 7 or newer', packages: [['redis-server']], present: hasRedis },
  mariadb: {
    label: 'MariaDB 10.6 or newer (mariadbd)',
    packages: [
      ['mariadb-server-core', 'mariadb-client-core'],
      ['mariadb-server-core-10.6', 'mariadb-client-core-10.6'],
    ],
    present: async () => Boolean((findBinary('mariadbd') ?? findBinary('mysqld')) && findInstallDb()),
  },
  java: {
    label: 'Java 17 or newer',
    packages: [['openjdk-17-jre-headless'], ['openjdk-21-jre-headless'], ['default-jre-headless']],
    present: hasJava,
  },
  jdk: {
    label: 'a Java compiler (javac 17 or newer)',
    packages: [['openjdk-17-jdk-headless'], ['openjdk-21-jdk-headless'], ['default-jdk-headless']],
    present: async () => (await hasJava()) && Boolean(findBinary('javac')),
  },
  chromium: { label: 'Chromium', packages: [['chromium']], present: hasChromium },
  docker: {
    label: "Docker's engine (dockerd)",
    packages: [['docker.io']],
    present: async () => Boolean(findBinary('dockerd')),
  },
  debootstrap: {
    label: 'debootstrap',
    packages: [['debootstrap']],
    present: async () => Boolean(findBinary('debootstrap')),
  },
  prometheus: {
    label: 'Prometheus (prometheus)',
    packages: [['prometheus']],
    present: async () => Boolean(findBinary('prometheus')),
  },
  etcd: { label: 'etcd', packages: [['etcd-server']], present: async () => Boolean(findBinary('etcd')) },
  containerd: {
    label: 'containerd with runc, plugins for networks of containers, and jq',
    packages: [['containerd', 'runc', 'containernetworking-plugins', 'jq']],
    present: async () => ['containerd', 'ctr', 'runc', 'jq'].every(findBinary) && existsSync('/usr/lib/cni/bridge'),
  },
  netfilter: {
    label: 'iptables, ipset and conntrack',
    packages: [['iptables', 'ipset', 'conntrack']],
    present: async () => ['iptables', 'ipset', 'conntrack'].every(findBinary),
  },
  go: {
    label: 'Go 1.24 or newer and a C compiler, which Kubernetes is built with',
    packages: [
      ['golang-1.24-go', 'gcc', 'libc6-dev'],
      ['golang-go', 'gcc', 'libc6-dev'],
    ],
    present: hasGo,
  },
  htpasswd: {
    label: 'htpasswd, which hashes the passwords of monitoring',
    packages: [['apache2-utils']],
    present: async () => Boolean(findBinary('htpasswd')),
  },
  maven: { label: 'Maven (mvn)', packages: [['maven']], present: async () => Boolean(findBinary('mvn')) },
};

/**
 * Makes sure of the programs named, installing Debian packages where this user may.
 *
 * @param {(keyof typeof tools)[]} names
 * @throws {SetupError} naming what is missing and the command that installs it.
 */
export async function installSystemPackages(names) {
  process.env.PATH = searchPath().join(delimiter);
  for (const name of names) {
    const { label, packages, present } = tools[name];
    if (await present()) continue;
    const byHand = `install it with: sudo apt-get install -y --no-install-recommends ${packages[0].join(' ')}`;
    const prefix = await rootPrefix();
    if (!prefix) throw new SetupError(`${label} is missing and this user may not install it; ${byHand}`);
    const output = await aptInstall(prefix, packages);
    if (!(await present()))
      throw new SetupError(`${label} is missing and apt could not install it; ${byHand}\n${lastLines(output)}`);
  }
}

function searchPath() {
  const given = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...given, ...alsoSearched.filter((dir) => !given.includes(dir))];
}

function findBinary(name) {
  for (const dir of searchPath()) {
    try {
      accessSync(join(dir, name), constants.X_OK);
      return join(dir, name);
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

function findInstallDb() {
  return findBinary('mariadb-install-db') ?? findBinary('mysql_install_db');
}

async function hasRedis() {
  const { ok, output } = await capture('redis-server', ['--version']);
  const version = Number(/v=(\d+)/.exec(output)?.[1]);
  if (ok && version < 7)
    throw new SetupError(`redis-server on the PATH is version ${version}; Longwire needs 7 or newer`);
  return ok;
}

async function hasJava() {
  const { ok, output } = await capture('java', ['-version']);
  return ok && Number(/version "(\d+)/.exec(output)?.[1]) >= 17;
}

async function hasGo() {
  const { ok, output } = await capture('go', ['version']);
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(output) ?? [];
  return ok && Number(major) === 1 && Number(minor) >= 24 && Boolean(findBinary('gcc'));
}

/** One that runs: systems have stand-ins of that name, too, which only say how to install it. */
async function hasChromium() {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    if ((await capture(name, ['--version'])).ok) return true;
  }
  return false;
}

/** How commands are run as root: directly, by sudo without a password, or not at all. */
async function rootPrefix() {
  if (!findBinary('apt-get')) return undefined;
  if (process.getuid?.() === 0) return [];
  return (await capture('sudo', ['-n', 'true'])).ok ? ['sudo', '-n'] : undefined;
}

async function aptInstall(prefix, candidates) {
  const apt = (what, args) => {
    const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...waitForLock, ...args];
    return runStep({ what, command, args: rest });
  };
  const allow = await keepServicesStopped(prefix);
  let output = '';
  try {
    for (const updated of [false, true]) {
      if (updated) await apt('updating the package lists', ['update', '-q']);
      for (const packages of candidates) {
        const what = `installing ${packages.join(', ')}`;
        const result = await apt(what, ['install', '-y', '-q', '--no-install-recommends', ...packages]);
        if (result.ok) return result.output;
        output = result.output;
        say(`${what}: apt could not${updated ? '' : ' yet'}`);
      }
    }
  } finally {
    await allow();
  }
  return output;
}

/** A package may start its own server when it is installed; this project runs private ones, so that is held back meanwhile. */
async function keepServicesStopped(prefix) {
  const file = '/usr/sbin/policy-rc.d';
  if (existsSync(file)) return async () => {};
  if (prefix.length === 0) {
    writeFileSync(file, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    return async () => rmSync(file, { force: true });
  }
  const [sudo, ...flags] = prefix;
  await capture(sudo, [...flags, 'sh', '-c', `printf '#!/bin/sh\\nexit 101\\n' > ${file} && chmod 755 ${file}`]);
  return async () => void (await capture(sudo, [...flags, 'rm', '-f', file]));
}

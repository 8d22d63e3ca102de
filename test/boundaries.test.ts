import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const services = join(root, 'services');
const names = ['cm', 'im', 'user-redis', 'user-mysql', 'agent', 'console'];
/** The console's pages: a program of browsers, with rules of their own. */
const pages = 'services/console/web/';

/** Libraries that do I/O, and what else opens a connection. */
const io =
  /^(ws|ioredis|mysql2(\/promise)?|kafkajs|fastify|@fastify\/.*|undici|web-push|openid-client|@opentelemetry\/.*|node:(net|http|https|fs|fs\/promises|dns|dns\/promises|dgram|tls|child_process))$/;
/** Where these may be imported: a folder `edges/`, and the rooms of `common` that are edges as a whole. */
const edges = /^services\/(.+\/edges\/|common\/(rpc|bus|redis)\/|common\/config\.ts$)/;

interface Import {
  file: string;
  target: string;
}

const imports: Import[] = sources(services).flatMap(importsOf);

function importsOf(path: string): Import[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/(?:from|import)\s+'([^']+)'|import\('([^']+)'\)/g)].map((match) => ({
    file: nameOf(path),
    target: match[1] ?? match[2]!,
  }));
}

function nameOf(path: string): string {
  return relative(root, path).split(sep).join('/');
}

function sources(folder: string): string[] {
  return filesIn(folder, /\.ts$/).filter((path) => !nameOf(path).startsWith(pages));
}

function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

function wrong(breaks: (one: Import) => boolean): string[] {
  return imports.filter(breaks).map(({ file, target }) => `${file} imports ${target}`);
}

const serviceOf = (file: string): string => file.split('/')[1]!;

test('there is something to look at: every service has files that import', () => {
  for (const name of [...names, 'common']) expect(imports.some(({ file }) => serviceOf(file) === name)).toBe(true);
  expect(wrong(({ target }) => io.test(target)).length).toBeGreaterThan(5);
});

test('a service imports itself and common only; common imports itself only', () => {
  const outside = ({ file, target }: Import): boolean => {
    if (!target.startsWith('.')) return false;
    const path = relative(root, resolve(root, file, '..', target))
      .split(sep)
      .join('/');
    return !path.startsWith(`services/${serviceOf(file)}/`) && !path.startsWith('services/common/');
  };
  expect(wrong(outside)).toEqual([]);
});

test('only edges import libraries that do I/O', () => {
  expect(wrong(({ file, target }) => io.test(target) && !edges.test(file))).toEqual([]);
});

test('core imports nothing that does I/O, neither a library nor an edge', () => {
  const inCore = ({ file, target }: Import): boolean =>
    /\/core\//.test(file) &&
    (io.test(target) ||
      /\/edges\/|\/rpc\/(client|server|app)|\/bus\/(redis-streams|kafka|open)|common\/redis\//.test(target));
  expect(wrong(inCore)).toEqual([]);
});

test('only user-redis and the bus connect to a Redis, through common/redis, and only user-mysql has mysql2', () => {
  expect(
    wrong(
      ({ file, target }) =>
        target === 'ioredis' && !/^services\/(user-redis|common\/(bus\/redis-streams|redis))\//.test(file),
    ),
  ).toEqual([]);
  const connects = /\/redis\/(masters|discovery)\.ts$/;
  expect(
    wrong(
      ({ file, target }) => connects.test(target) && !/^services\/(user-redis|common\/bus\/redis-streams)\//.test(file),
    ),
  ).toEqual([]);
  expect(wrong(({ file, target }) => target.startsWith('mysql2') && serviceOf(file) !== 'user-mysql')).toEqual([]);
  expect(wrong(({ file, target }) => target === 'kafkajs' && !file.startsWith('services/common/bus/kafka/'))).toEqual(
    [],
  );
});

test('only main.ts reads the environment', () => {
  const reading = sources(services).filter((path) => /process\.env\b/.test(readFileSync(path, 'utf8')));
  const allowed = /^services\/([^/]+\/main\.ts|common\/config\.ts)$/;
  expect(reading.map(nameOf).filter((file) => !allowed.test(file))).toEqual([]);
});

test('pages of the console import themselves, schemas of calls and of the API, and the device SDK; no role imports them', () => {
  const folder = join(root, pages);
  const found = existsSync(folder) ? filesIn(folder, /^(?!dist\/|node_modules\/).*\.tsx?$/) : [];
  const broken = found.flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    return [...text.matchAll(/(?:import|export)\b[^;']*from\s+'(\.[^']+)'/g)].flatMap(([, target]) => {
      const to = nameOf(resolve(path, '..', target!));
      const allowed =
        to.startsWith(pages) ||
        to.startsWith('sdk/src/') ||
        to.startsWith('services/console/calls/') ||
        to.startsWith('services/common/protocol/');
      return allowed ? [] : [`${nameOf(path)} imports ${to}`];
    });
  });
  expect(broken).toEqual([]);
  expect(wrong(({ file, target }) => nameOf(resolve(root, file, '..', target)).startsWith(pages))).toEqual([]);
});

test('no function is written in an assignment to a property: V8 would keep it, and all that it sees, until the whole heap is collected', () => {
  const written = /\.#?\w+ = (async )?(function\b|\([^()]*\)(: [^=]+)? =>|\w+ =>)/;
  const running = sources(services).filter((path) => !/\.test\.ts$|\/testing\//.test(nameOf(path)));
  const found = running.flatMap((path) => {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.flatMap((line, index) => (written.test(line) ? `${nameOf(path)}:${index + 1}` : []));
  });
  expect(found).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const lines = readdirSync(join(root, 'docker/bases')).sort();
const roles = ['cm', 'im', 'user-mysql', 'user-redis'];
/** What there is an image of. */
const programs = ['agent', ...roles];
const bake = read('docker/docker-bake.hcl');
const { version, devDependencies } = JSON.parse(read('package.json'));

test('images run the Node that the project is tested with', () => {
  const files = ['docker/service/Dockerfile', ...lines.map((line) => `docker/bases/${line}/Dockerfile`)];
  for (const file of files)
    expect([file, /^ARG NODE=(.*)$/m.exec(read(file))?.[1]]).toEqual([file, devDependencies.node]);
});

test('the bake file builds every base and every role on it', () => {
  const listed = (name: string): string[][] =>
    [...bake.matchAll(new RegExp(`\\b${name}\\s*= (\\[.*?\\])`, 'g'))].map(([, list]) => JSON.parse(list!).sort());
  expect(listed('line')).toEqual([lines, lines]);
  expect(listed('role')).toEqual([programs]);
});

test('compose starts what the bake file tags, of the version that package.json has', () => {
  const named = (variable: string): string | undefined =>
    new RegExp(`variable "${variable}" \\{\\s*default = "(.*)"`).exec(bake)?.[1];
  expect(named('VERSION')).toBe(version);
  const { services } = parse(read('docker/compose.yaml'), { merge: true }) as {
    services: Record<string, { image: string }>;
  };
  const own = Object.entries(services).filter(([, { image }]) => image.startsWith(`${named('REGISTRY')}/`));
  const started = [...lines.flatMap((line) => roles.map((role) => `${line}-${role}`)), 'push-agent'];
  const tags = started.map((name) => `${named('REGISTRY')}/${name}:\${VERSION:-${version}}`);
  expect(new Set(own.map(([, { image }]) => image))).toEqual(new Set(tags));
  for (const line of lines) {
    for (const role of roles) expect(services[`${line}-${role}`]?.image).toContain(`/${line}-${role}:`);
  }
});

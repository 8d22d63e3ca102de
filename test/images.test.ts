import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const lines = readdirSync(join(root, 'docker/bases')).sort();
const roles = ['cm', 'console', 'im', 'user-mysql', 'user-redis'];
/** What there is an image of. */
const programs = ['agent', ...roles];
const bake = read('docker/docker-bake.hcl');
const { version, devDependencies } = JSON.parse(read('package.json'));

test('images run the Node that the project is tested with', () => {
  const files = [
    'docker/service/Dockerfile',
    'docker/load/Dockerfile',
    ...lines.map((line) => `docker/bases/${line}/Dockerfile`),
  ];
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
  const bases = lines.map((line) => `base-${line}`);
  const started = [...lines.flatMap((line) => roles.map((role) => `${line}-${role}`)), 'push-agent', ...bases];
  const tags = started.map((name) => `${named('REGISTRY')}/${name}:\${VERSION:-${version}}`);
  expect(new Set(own.map(([, { image }]) => image))).toEqual(new Set(tags));
  for (const line of lines) {
    for (const role of roles) expect(services[`${line}-${role}`]?.image).toContain(`/${line}-${role}:`);
  }
});

test('compose builds every image of ours, on the base of its line: one alone would be pulled', () => {
  const { services } = parse(read('docker/compose.yaml'), { merge: true }) as {
    services: Record<string, { image: string; build?: unknown }>;
  };
  for (const [name, { image, build }] of Object.entries(services)) {
    const [, base, line, program] = /^longwire\/(base-)?(push|iot)-?([a-z-]*):/.exec(image) ?? [];
    if (line === undefined) expect(build, name).toBeUndefined();
    else if (base) expect(build, name).toBe(`./bases/${line}`);
    else {
      expect(build, name).toEqual({
        ...{ context: '..', dockerfile: 'docker/service/Dockerfile' },
        additional_contexts: { base: `service:${line}-base` },
        args: { BASE: 'base', SERVICE: program },
      });
    }
  }
  expect(parse(read('compose.yaml'))).toEqual({ name: 'longwire', include: ['docker/compose.yaml'] });
});

test('the bake file makes images for both architectures, with an SBOM, where it is asked to', () => {
  const targets = [...bake.matchAll(/^target "(\w+)" \{.*?^\}/gms)].map(([text]) => text);
  expect(targets.length).toBe(3);
  for (const text of targets) {
    expect(text).toContain('platforms = PLATFORMS == "" ? [] : split(",", PLATFORMS)');
    expect(text).toContain('attest    = ATTEST == "" ? [] : split(";", ATTEST)');
  }
  const files = [
    'docker/service/Dockerfile',
    'docker/load/Dockerfile',
    ...lines.map((line) => `docker/bases/${line}/Dockerfile`),
  ];
  for (const file of files) {
    // Nothing names an architecture: what is built is what the platform is.
    expect(read(file)).not.toMatch(/x86_64|amd64|aarch64|arm64/);
    for (const label of ['title', 'description', 'licenses', 'version', 'revision', 'base.name']) {
      expect([file, read(file).includes(`org.opencontainers.image.${label}=`)]).toEqual([file, true]);
    }
  }
});

test('the image of the load tool has what it imports, and no more', () => {
  const dockerfile = read('docker/load/Dockerfile');
  const copied = [...dockerfile.matchAll(/^COPY (?:--from=dependencies \/app\/)?(\S+?)\/? (\S+?)\/?$/gm)];
  for (const [, from, to] of copied.filter(([, , to]) => to !== '.')) expect(to).toBe(from);
  const own = new Set<string>();
  const packages = new Set<string>();
  const follow = (file: string): void => {
    if (own.has(file)) return;
    own.add(file);
    // Types alone are gone when Node runs a file.
    const imports = read(file).matchAll(
      /^import (?!type )[^;]*?from '([^']+)'|import\.meta\.url|new URL\('([^']+)'/gms,
    );
    for (const [, imported, started] of imports) {
      const target = imported ?? started;
      if (target === undefined || target.startsWith('node:')) continue;
      if (target.startsWith('.')) follow(relative(root, resolve(root, dirname(file), target)));
      else withDependencies(target);
    }
  };
  const locked = JSON.parse(read('package-lock.json')).packages;
  const withDependencies = (name: string): void => {
    packages.add(`node_modules/${name}`);
    for (const needed of Object.keys(locked[`node_modules/${name}`].dependencies ?? {})) withDependencies(needed);
  };
  follow('load/main.ts');
  expect(own).toContain('load/worker/main.ts');
  const outside = [...own].filter((file) => !file.startsWith('load/'));
  const expected = [...packages, ...outside, 'load', 'package.json'].sort();
  expect([...new Set(copied.map(([, from]) => from!))].filter((from) => !/package-lock/.test(from)).sort()).toEqual(
    expected,
  );
  const sent = read('.dockerignore').split('\n');
  for (const file of [...outside, 'load']) expect(sent).toContain(`!${file}`);
});

test('the load tool has a target of its own, on a base that there is, with the version that the manifest runs', () => {
  const target = /^target "load" \{.*?^\}/ms.exec(bake)?.[0];
  expect(target).toContain('dockerfile = "docker/load/Dockerfile"');
  expect(lines).toContain(/base = "target:base-(\w+)"/.exec(target!)?.[1]);
  const { images } = parse(read('k8s/load/kustomization.yaml'));
  expect(images).toEqual([{ name: 'longwire/load', newTag: version }]);
});

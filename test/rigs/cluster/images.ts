import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, startEngine } from '../containers/engine.ts';
import { buildBase, buildService, lines, programs, serviceTag, version } from '../containers/images.ts';
import { providePublicImages, type Seedable, tagOf } from '../containers/public-images.ts';

/** What stores in the cluster and k8s/monitoring run; its Prometheus is a part of the rig (parts.ts). */
const others: Seedable[] = ['redis', 'mysql', 'kafka', 'alertmanager'];

/** The version that a roll-out of the line "push" goes to: the same programs under another tag. */
const nextVersion = '0.1.1';

/** Builds all that the cluster's pods are started from, with an engine of its own, into a tar as `docker save` writes it. */
export async function saveImages(file: string): Promise<void> {
  const engine = await startEngine(tmpdir());
  try {
    await providePublicImages(engine, ['debian', 'node', ...others]);
    const tags = others.map(tagOf);
    for (const line of lines) {
      await buildBase(engine, line);
      for (const program of programs) {
        const tag = serviceTag(line, program);
        await buildService(engine, line, program);
        tags.push(tag);
        if (line === 'push') tags.push(await tagNext(engine, tag));
      }
    }
    await engine.docker(['save', '-o', file, ...tags], { timeoutMs: 600_000 });
  } finally {
    await engine.stop();
  }
}

/** @returns its tag */
async function tagNext(engine: Engine, tag: string): Promise<string> {
  const next = tag.replace(version, nextVersion);
  const folder = mkdtempSync(join(tmpdir(), 'longwire-next-'));
  try {
    writeFileSync(join(folder, 'Dockerfile'), `FROM ${tag}\nLABEL org.opencontainers.image.version=${nextVersion}\n`);
    await engine.docker(['build', '-q', '-t', next, folder]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return next;
}

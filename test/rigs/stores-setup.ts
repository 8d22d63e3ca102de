import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { connectEngine } from './containers/engine.ts';
import { providePublicImages, seedOf } from './containers/public-images.ts';
import { type HeldEngine, holdEngine } from './containers/setup.ts';
import { mysqlImageVariable, startDatabase } from './mysql.ts';
import type { Managed } from './process.ts';
import { redisImageVariable, startRedis } from './redis.ts';
import { mysqlVersion, redisVersion } from './store-version.ts';

declare module 'vitest' {
  interface ProvidedContext {
    redisUrl: string;
    /** `mysql://user:password@host:port`, of a user who may create databases. */
    mysqlUrl: string;
  }
}

/**
 * One Redis and one database for all integration tests; each test takes a key prefix or a database of its own. They are this
 * machine's, but for those that the project's environment names an image of: it runs the tests of one store on others.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-stores-'));
  const { [redisImageVariable]: redisImage, [mysqlImageVariable]: mysqlImage } = project.config.env ?? {};
  const images = [redisImage, mysqlImage].filter((image) => image !== undefined);
  const started: Managed[] = [];
  let engine: HeldEngine | undefined;
  const teardown = async (): Promise<void> => {
    await Promise.all(started.map((store) => store.end()));
    await engine?.release();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    if (images.length > 0) {
      engine = await holdEngine();
      await providePublicImages(connectEngine(engine.host), images.map(seedOf));
    }
    const redis = await startRedis({
      dir: join(dir, 'redis'),
      ...(redisImage === undefined ? {} : { image: redisImage }),
    });
    started.push(redis);
    const mysql = await startDatabase({ dir: join(dir, 'mysql'), image: mysqlImage, inMemory: true });
    started.push(mysql);
    if (images.length > 0) say(project.name, await redisVersion(redis.url), await mysqlVersion(mysql.url));
    project.provide('redisUrl', redis.url);
    project.provide('mysqlUrl', mysql.url);
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

function say(project: string, ...versions: string[]): void {
  process.stdout.write(`longwire: ${project} runs on ${versions.join(' and ')}\n`);
}

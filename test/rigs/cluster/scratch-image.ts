import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/**
 * Writes an image of static programs and nothing else, as `docker save` writes one. It is started by the first of them.
 *
 * @param folder where they are in it, on its PATH; none is its root
 */
export function writeScratchImage(programs: [string, ...string[]], tag: string, file: string, folder = ''): void {
  const dir = mkdtempSync(join(tmpdir(), 'longwire-scratch-'));
  const names = programs.map((program) => join(folder, basename(program)));
  const pack = (archive: string, from: string, names: string[]): void =>
    void execFileSync('tar', ['-C', from, '--owner=0', '--group=0', '-cf', archive, ...names]);
  try {
    mkdirSync(join(dir, 'root', folder), { recursive: true });
    for (const program of programs) copyFileSync(program, join(dir, 'root', folder, basename(program)));
    pack(join(dir, 'layer.tar'), join(dir, 'root'), names);
    const digest = createHash('sha256')
      .update(readFileSync(join(dir, 'layer.tar')))
      .digest('hex');
    const config = {
      ...{ architecture: process.arch === 'arm64' ? 'arm64' : 'amd64', os: 'linux' },
      config: { Entrypoint: [`/${names[0]}`], Env: [`PATH=/${folder}`] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
    };
    const manifest = [{ Config: 'config.json', RepoTags: [tag], Layers: ['layer.tar'] }];
    writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
    writeFileSync(join(dir, 'manifest.json'), JSON.stringify(manifest));
    pack(file, dir, ['manifest.json', 'config.json', 'layer.tar']);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

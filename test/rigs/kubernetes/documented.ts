import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/kubernetes/render.ts';

const page = 'docs/operations.md';
/** What the commands look at, beside what they are given. */
const copied = ['k8s', 'monitoring', 'scripts', 'services', 'scaling', 'test/k8s', 'package.json', 'package-lock.json'];
const limitMs = 900_000;

/** The block below `<!-- run: NAME -->`, or `<!-- file: NAME -->`, of docs/operations.md. @throws Error if there is none. */
export function blockOf(kind: 'run' | 'file', name: string, text = readFileSync(join(root, page), 'utf8')): string {
  const mark = new RegExp(`^( *)<!-- ${kind}: ${name.replace('.', '\\.')} -->\n\\1\`\`\`\\w+\n([^]*?)^\\1\`\`\`$`, 'm');
  const [, indent, block] = mark.exec(text) ?? [];
  if (block === undefined) throw new Error(`${page} has no block "${kind}: ${name}"`);
  return block.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}

/** Which blocks there are to run. */
export function blocksToRun(text = readFileSync(join(root, page), 'utf8')): string[] {
  return [...text.matchAll(/<!-- run: (\S+) -->/g)].map(([, name]) => name!);
}

/** "`iot` is the same with its name." */
export function forLine(line: string, block: string): string {
  return block.replaceAll('longwire-push', `longwire-${line}`).replaceAll('overlays/push', `overlays/${line}`);
}

export interface Operator {
  /** A working copy of what the commands need, in a repository of its own. */
  readonly folder: string;
  /** Runs a block as it stands, in the working copy. @returns what it printed. @throws Error with what it said */
  run(name: string, line?: string): Promise<string>;
  /** Starts a block that goes on until it is ended, and waits for what it says first. */
  start(name: string, says: RegExp, line?: string): Promise<() => Promise<void>>;
  /** Commands that are in no block. */
  shell(commands: string): Promise<string>;
  edit(file: string, change: (text: string) => string): void;
}

/** Someone who installs by docs/operations.md, whose kubectl has the cluster as its current context. */
export async function operatorIn(folder: string, say: (line: string) => void): Promise<Operator> {
  for (const name of copied) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, '.gitignore'), 'node_modules\n.cache\n');
  const names = ['GIT_AUTHOR_NAME', 'GIT_COMMITTER_NAME'].map((name) => [name, 'operator']);
  const addresses = ['GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_EMAIL'].map((name) => [name, 'operator@localhost']);
  const env = { ...process.env, ...Object.fromEntries([...names, ...addresses]) };
  const bash = (commands: string, detached = false) =>
    spawn('bash', ['-euo', 'pipefail', '-c', commands], {
      cwd: folder,
      env,
      detached,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const shell = (commands: string): Promise<string> => {
    const child = bash(commands);
    return new Promise((resolve, reject) => {
      let [printed, said] = ['', ''];
      const late = setTimeout(() => child.kill('SIGKILL'), limitMs);
      child.stdout.on('data', (data) => {
        printed += data;
      });
      child.stderr.on('data', (data) => {
        said = (said + data).slice(-3_000);
      });
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(late);
        if (code === 0) resolve(printed);
        else
          reject(
            new Error(
              `${commands.trim().slice(0, 300)}\nended with ${code ?? signal}: ${said}${printed.slice(-1_000)}`,
            ),
          );
      });
    });
  };
  await shell('git init --quiet --initial-branch=main && git add --all && git commit --quiet --message "As delivered"');
  return {
    folder,
    shell,
    run(name, line = 'push') {
      say(`docs/operations.md, line "${line}": ${name}`);
      return shell(forLine(line, blockOf('run', name)));
    },
    start(name, says, line = 'push') {
      const child = bash(forLine(line, blockOf('run', name)), true);
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      const end = async (): Promise<void> => {
        if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGTERM');
        await ended;
      };
      return new Promise((resolve, reject) => {
        let said = '';
        const late = setTimeout(() => reject(new Error(`${name} says nothing like ${says}: ${said}`)), 60_000);
        const look = (data: Buffer): void => {
          said = (said + data).slice(-3_000);
          if (!says.test(said)) return;
          clearTimeout(late);
          resolve(end);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        child.once('close', () => {
          clearTimeout(late);
          reject(new Error(`${name} ended: ${said}`));
        });
      });
    },
    edit(file, change) {
      const path = join(folder, file);
      const before = readFileSync(path, 'utf8');
      const after = change(before);
      if (after === before) throw new Error(`${file} has nothing to change`);
      writeFileSync(path, after);
    },
  };
}

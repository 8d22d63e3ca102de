import { type ChildProcess, execFileSync, spawn } from 'node:child_process';

export interface KubectlOptions {
  input?: string;
  timeoutMs?: number;
}

/** What kubectl says of one context. */
export class Kubectl {
  readonly #context: string[];

  constructor(context: string) {
    this.#context = ['--context', context];
  }

  /** @returns what it printed. @throws Error with what it said. */
  run(args: string[], { input, timeoutMs = 60_000 }: KubectlOptions = {}): Promise<string> {
    const child = this.start(args);
    return new Promise((resolve, reject) => {
      let [printed, said] = ['', ''];
      const late = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
      child.stdout?.on('data', (data) => {
        printed += data;
      });
      child.stderr?.on('data', (data) => {
        said += data;
      });
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(late);
        if (code === 0) resolve(printed);
        else reject(new Error(`kubectl ${args.slice(0, 4).join(' ')}: ${said.trim().slice(-2_000) || signal}`));
      });
      child.stdin?.on('error', () => {});
      child.stdin?.end(input ?? '');
    });
  }

  /** For what is asked between two awaits. */
  runSync(args: string[]): string {
    const options = { encoding: 'utf8', timeout: 30_000, stdio: 'pipe', maxBuffer: 16 * 1024 * 1024 } as const;
    return execFileSync('kubectl', [...this.#context, ...args], options);
  }

  /** One that goes on until it is ended. */
  start(args: string[]): ChildProcess {
    return spawn('kubectl', [...this.#context, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  }
}

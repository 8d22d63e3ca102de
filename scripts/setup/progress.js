import { spawn } from 'node:child_process';

/** A fault that its text explains to whoever ran the command: printed as one line, without a stack. */
export class SetupError extends Error {}

/** @param {string} text one short line for people. */
export function say(text) {
  process.stdout.write(`longwire: ${text}\n`);
}

/**
 * Runs a command that may take long, with a line at its start, one every 15 s, and its last lines if it fails.
 *
 * @param {{what: string, command: string, args: string[], cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number}} step
 * @returns {Promise<{ok: boolean, output: string}>} output: its last 8,000 characters, both streams.
 */
export async function runStep({ what, command, args, cwd, env = process.env, timeoutMs = 600_000 }) {
  const start = Date.now();
  say(`${what} …`);
  const still = setInterval(() => say(`${what}: still at it after ${seconds(start)} s`), 15_000);
  try {
    const { ok, output } = await capture(command, args, { cwd, env, timeoutMs });
    if (ok) say(`${what}: done in ${seconds(start)} s`);
    return { ok, output };
  } finally {
    clearInterval(still);
  }
}

/**
 * Runs a command without a word.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number}} [options]
 * @returns {Promise<{ok: boolean, output: string}>}
 */
export function capture(command, args, { cwd, env = process.env, timeoutMs = 20_000 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-8_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const late = setTimeout(() => {
      keep(`\n${command} took longer than ${timeoutMs / 1_000} s`);
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('error', (error) => {
      clearTimeout(late);
      resolve({ ok: false, output: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(late);
      resolve({ ok: code === 0, output });
    });
  });
}

/** The last lines of an output, for a message about a failure. */
export function lastLines(output, count = 6) {
  const lines = output.trim().split('\n').slice(-count);
  return lines.map((line) => `  ${line.slice(0, 300)}`).join('\n');
}

function seconds(start) {
  return Math.round((Date.now() - start) / 1_000);
}

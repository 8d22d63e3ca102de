import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandSpec } from '../command-spec.ts';
import { type OpsReading, readOps } from '../edges/ops-pages.ts';
import { openScreen } from '../edges/screen.ts';
import { CliError, UsageError } from '../faults.ts';
import type { Session } from '../session.ts';
import { spanOption, spanText } from '../spans.ts';
import { type Instance, sayOf, type Target } from '../target/target.ts';
import { rowsOf, totalsOf } from './figures.ts';
import { tableLines, type View } from './table.ts';

const everyMs = { least: 500, most: 60_000 };
/** A look of `--once`: rates are of so long. */
const onceMs = 1_000;

export const top: CommandSpec = {
  usage: 'top',
  describe: 'a live table of instances: state, CPU, memory, connections, rates; q quits',
  options: {
    every: { value: 'TIME', describe: 'from one look to the next (2s unless given)' },
    once: { describe: 'prints one table and ends: rates are of one second' },
  },
  epilog: 'It reads the ops ports of the instances: those of `up`, or of --ops, LONGWIRE_OPS_URLS or a profile.',
  async run(given, session) {
    const pauseMs = spanOption('every', given.text('every') ?? '2s', everyMs);
    if (given.flag('once') || session.json) return once(session);
    if (!session.stdout.isTTY) throw new UsageError('top: needs a terminal; allowed without one is --once');
    await live(session, pauseMs);
    return undefined;
  },
};

/** Those known by name, and those of whom only the address is. @throws UsageError if there are none. */
export function instancesOf(target: Target): Instance[] {
  const asked = (target.ops ?? []).map((url) => ({ role: '', instance: new URL(url).host, ops: new URL(url).origin }));
  const all = [...target.instances, ...asked];
  if (all.length === 0)
    throw new UsageError(`ops: no instance is known of ${target.from}: ${sayOf('ops')} says some, or a profile`);
  return all;
}

const readAll = (instances: Instance[]): Promise<OpsReading[]> => Promise.all(instances.map(readOps));

async function once(session: Session) {
  const target = session.target();
  const instances = instancesOf(target);
  const before = await readAll(instances);
  await sleep(onceMs, undefined, { signal: session.signal }).catch(() => {});
  const view = viewOf(target, before, await readAll(instances));
  if (view.rows.every(({ state }) => state === 'no answer')) {
    throw new CliError(
      'notReached',
      `no instance of ${target.from} answers: ${Object.values(view.rows[0]!.faults)[0]}`,
    );
  }
  const size = { columns: session.stdout.columns || 100, rows: Number.POSITIVE_INFINITY };
  return {
    document: { instances: view.rows, totals: view.totals },
    text: `${tableLines(view, size, session.style).join('\n')}\n`,
  };
}

async function live(session: Session, pauseMs: number): Promise<void> {
  let target = session.target();
  let view: View | undefined;
  const quit = new AbortController();
  const draw = (): void => {
    if (view) screen.draw(tableLines(view, screen.size(), session.style));
  };
  const onKey = (key: string): void => {
    if (key === 'q' || key === 'Q') quit.abort();
  };
  let before = await readAll(instancesOf(target));
  const screen = openScreen(session.stdout, process.stdin, onKey, draw);
  const ended = AbortSignal.any([quit.signal, session.signal]);
  try {
    for (let now = before; !ended.aborted; now = await readAll(instancesOf(target))) {
      view = { ...viewOf(target, before, now), hint: `every ${spanText(pauseMs)}  q quits` };
      draw();
      before = now;
      await sleep(pauseMs, undefined, { signal: ended }).catch(() => {});
      target = again(session, target);
    }
  } finally {
    screen.close();
  }
}

/** Instances come and go; while nothing is up the last ones known stay. */
function again(session: Session, last: Target): Target {
  try {
    return session.target();
  } catch {
    return last;
  }
}

function viewOf({ from }: Target, before: OpsReading[], now: OpsReading[]): View {
  const rows = rowsOf(before, now);
  const at = new Date(now[0]?.atMs ?? 0).toISOString().slice(11, 19);
  return { title: `${at} UTC  ${from}`, rows, totals: totalsOf(rows, before, now) };
}

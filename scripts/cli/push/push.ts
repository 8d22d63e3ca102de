import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskReportData } from '../../../services/common/protocol/rest/report.ts';
import type { Answer, CommandSpec, Given } from '../command-spec.ts';
import { readBounded } from '../edges/bounded.ts';
import { openUpstream, type Upstream } from '../edges/upstream.ts';
import { CliError, UsageError } from '../faults.ts';
import type { Session } from '../session.ts';
import { spanOption, spanText } from '../spans.ts';
import { lines } from '../style.ts';
import { emptyFunnel, type Funnel, funnelText, gained, hasArrived } from './funnel.ts';
import { type PushRequest, pushOptions, pushRequest } from './request.ts';

const lookEveryMs = 250;
/** Of a file: a text has 3072 characters at the most. */
const maxTextBytes = 65_536;
const waitMs = { least: 1_000, most: 86_400_000 };

export const push: CommandSpec = {
  usage: 'push [text]',
  describe: 'pushes a text to a device, an alias, tags or all; to the demo device of `up` if nobody is named',
  options: pushOptions,
  async run(given, session) {
    const target = session.target();
    const timeoutMs = spanOption('timeout', given.text('timeout') ?? '30s', waitMs);
    const request = pushRequest(given, textOf(given, session), target.demoCid, requestId(), session.now());
    if (given.flag('wait') && request.scheduledAt !== undefined) {
      throw new UsageError('--wait: is given beside --schedule; ask later with task show');
    }
    if (given.flag('dry-run')) return planned(request);
    const upstream = await openUpstream(target);
    const { task, devices } = taskOf(await upstream.call('POST', request.path, request.body));
    const document = { task, ...(devices ? { devices } : {}), audience: request.audience };
    const made: [string, string][] = [
      ['task', task],
      ['to', request.audience],
      ...Object.entries(devices ?? {}).map(([cid, status]): [string, string] => [cid, statusText(status)]),
      ...(request.scheduledAt === undefined
        ? []
        : [['at', new Date(request.scheduledAt).toISOString()] as [string, string]]),
    ];
    if (!given.flag('wait')) return { document, text: lines(made) };
    session.say(lines(made).trimEnd());
    const { funnel, arrived } = await untilArrived(upstream, task, timeoutMs, session);
    if (!arrived) {
      throw new CliError(
        'failed',
        `task ${task} has not arrived everywhere within ${spanText(timeoutMs)}: ${funnelText(funnel)}`,
      );
    }
    return { document: { ...document, funnel }, text: 'it has arrived\n' };
  },
};

function planned({ path, body }: PushRequest): Answer {
  return { document: { path, body }, text: `POST ${path}\n${JSON.stringify(body, null, 2)}\n` };
}

/** @throws UsageError */
function textOf(given: Given, session: Session): string {
  const [text, file] = [given.text('text'), given.text('file')];
  if (text !== undefined && file !== undefined)
    throw new UsageError('--file: is given beside a text, allowed is one of them');
  if (text !== undefined) return text;
  if (file === '-' && given.flag('secrets-stdin')) {
    throw new UsageError('--file -: is given beside --secrets-stdin, which stdin is for');
  }
  if (file === undefined) throw new UsageError('push: a text is missing: push "hello", or --file FILE');
  const read = file === '-' ? session.readStdin() : readBounded(file, `--file ${file}`, maxTextBytes);
  const trimmed = read.replace(/\r?\n$/, '');
  if (trimmed === '') throw new UsageError(`--file ${file}: is empty`);
  return trimmed;
}

const requestId = (): string => `cli-${randomBytes(12).toString('hex')}`;

/** A push to single devices answers the task with their statuses, all others its id. */
function taskOf(data: unknown): { task: string; devices?: Record<string, string> } {
  const { taskid } = data as { taskid?: string };
  if (taskid !== undefined) return { task: taskid };
  const [first] = Object.entries(data as Record<string, Record<string, string>>);
  return { task: first?.[0] ?? '', devices: first?.[1] ?? {} };
}

function statusText(status: string): string {
  return status.replace(/^successed_/, '');
}

async function untilArrived(upstream: Upstream, task: string, timeoutMs: number, session: Session) {
  let funnel: Funnel = emptyFunnel;
  for (const end = session.now() + timeoutMs; ; ) {
    const before = funnel;
    const report = await upstream.call<TaskReportData>('GET', `/report/push/task/${task}`);
    funnel = report[task]?.total ?? emptyFunnel;
    if (gained(before, funnel) !== '') session.say(funnelText(funnel));
    if (hasArrived(funnel) || session.now() >= end || session.signal.aborted)
      return { funnel, arrived: hasArrived(funnel) };
    await sleep(lookEveryMs, undefined, { signal: session.signal }).catch(() => {});
  }
}

import { expect } from '../../check.ts';
import type { ServerChecks } from '../context.ts';
import { type Push, textOf } from '../device.ts';

const lateMs = 20_000;

/** They go to every device of the app: each check looks at its own texts alone. */
export const broadcastChecks: ServerChecks = {
  async D70(context) {
    const { device } = await context.online();
    await context.upstream.pushAll(context.tag);
    const [push] = (await device.pushed(context.tag, 1, lateMs)) as [Push];
    expect(push.bseq !== undefined && push.seq === undefined, `it has seq ${push.seq}, bseq ${push.bseq}`);
  },
  async D71(context) {
    const { device } = await context.online();
    const texts = [1, 2, 3, 4].map((number) => `${context.tag} ${number}`);
    for (const text of texts) await context.upstream.pushAll(text);
    const pushes = await device.pushed(context.tag, texts.length, lateMs);
    expect(pushes.map(textOf).join() === texts.join(), `came ${pushes.map(textOf).join()}`);
    const all = device.frames.filter((frame): frame is Push => frame.t === 'push').flatMap(({ bseq }) => bseq ?? []);
    expect(
      all.every((bseq, index) => bseq > (all[index - 1] ?? 0)),
      `their bseqs are ${all.join()}`,
    );
  },
  async D72(context) {
    const first = await context.online();
    await context.upstream.pushAll(context.tag);
    const [push] = (await first.device.pushed(context.tag, 1, lateMs)) as [Push];
    await first.device.cut();
    const { device } = await context.again(first, { bseq: first.welcome.bseq });
    const [again] = (await device.pushed(context.tag, 1, lateMs)) as [Push];
    const said = ({ bseq, id }: Push): string => `${bseq} ${id}`;
    expect(said(again) === said(push), `first came ${said(push)}, then ${said(again)}`);
  },
  async D73(context) {
    const first = await context.online();
    await context.upstream.pushAll(`${context.tag} old`);
    const [push] = (await first.device.pushed(`${context.tag} old`, 1, lateMs)) as [Push];
    await first.device.cut();
    const { device } = await context.again(first, { bseq: push.bseq! });
    await context.upstream.pushAll(`${context.tag} new`);
    await device.pushed(`${context.tag} new`, 1, lateMs);
    expect(device.pushes(`${context.tag} old`).length === 0, `a login with bseq ${push.bseq} got that one again`);
  },
  async D74(context) {
    const witness = await context.online();
    await context.upstream.pushAll(`${context.tag} before`);
    await witness.device.pushed(`${context.tag} before`, 1, lateMs);
    const { device } = await context.online();
    await context.upstream.pushAll(`${context.tag} after`);
    await device.pushed(`${context.tag} after`, 1, lateMs);
    expect(device.pushes(`${context.tag} before`).length === 0, 'one from before its registration came');
  },
};

import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { subprotocol } from '../../../services/common/protocol/device-frames.ts';
import { expect } from '../../check.ts';
import { clientFrameVectors } from '../../vectors/frames.ts';
import type { ServerChecks } from '../context.ts';
import { answerMs, type Device } from '../device.ts';

export const transportChecks: ServerChecks = {
  async D1(context) {
    const { protocol } = await context.open();
    expect(protocol === subprotocol, `the subprotocol ${JSON.stringify(protocol)} was answered`);
  },
  async D2(context) {
    const device = await context.open({ protocols: [] });
    expect(device.protocol === '', `the subprotocol ${JSON.stringify(device.protocol)} was answered to none`);
    await device.register(context.target);
  },
  async D3(context) {
    const seen = await refusal(() => context.open({ protocols: ['mqtt', 'longwire.v0'] }));
    expect(seen.includes('HTTP 400'), seen);
  },
  async D4(context) {
    const other = new URL(context.target.url);
    other.pathname = `${other.pathname}/other`;
    const seen = await refusal(() => context.open({}, other.href));
    expect(seen.includes('HTTP 404'), seen);
  },
  async D5(context) {
    const status = await statusOf(context.target.url.replace(/^ws/, 'http'));
    expect(status === 426, `it was answered with HTTP ${status}`);
  },
  async D7(context) {
    const { device } = await context.online();
    device.send({
      t: 'alias',
      rid: 'more',
      op: 'unbind',
      alias: `none_${context.tag}`,
      later: { version: 2 },
      z: [null],
    });
    const answer = await device.answer('more');
    expect(answer.t === 'ok', `it was answered ${JSON.stringify(answer)}`);
  },
  async D8(context) {
    const device = await context.open();
    for (const t of ['nosuch', '', 'toString']) await malformedOnce(device, JSON.stringify({ t }));
  },
  async D9(context) {
    for (const text of ['nonsense', '[]', 'null', '7', '"ping"', '{"t":"ping"', `${'['.repeat(6_000)}`]) {
      await malformedOnce(await context.open(), text);
    }
  },
  async D10(context) {
    const invalid = clientFrameVectors().filter(({ valid, field }) => !valid && field !== undefined);
    // Two to a connection: the third in a row closes it.
    for (let from = 0; from < invalid.length; from += 2) {
      const device = await context.open();
      for (const { name, text, field } of invalid.slice(from, from + 2)) {
        device.sendText(text);
        const { code, message } = await device.next('error');
        expect(code === 'bad_frame' && names(message, field!), () => `${name}: was answered ${code} "${message}"`);
      }
      await device.cut();
    }
  },
  async D11(context) {
    const device = await context.open();
    device.sendBinary(Buffer.from('{"t":"ping"}'));
    const { code } = await device.next('error');
    expect(code === 'bad_frame', `it was answered ${code}`);
    await device.alive();
  },
  async D12(context) {
    const device = await context.open();
    for (let count = 0; count < 3; count++) device.sendText('nonsense');
    const { code } = await device.closed();
    expect(code === 4400, `it closed ${code}`);
  },
  async D13(context) {
    const device = await context.open();
    for (let round = 0; round < 3; round++) {
      device.sendText('nonsense');
      device.sendText('nonsense');
      await device.next('error');
      await device.next('error');
      await device.alive();
      device.send({ t: 'ping' });
    }
    await device.alive();
  },
  async D14(context) {
    const { device } = await context.online();
    const { maxFrameBytes } = context.target;
    const frame = { t: 'alias', rid: 'large', op: 'unbind', alias: 'none', pad: '' };
    frame.pad = 'x'.repeat(maxFrameBytes - JSON.stringify(frame).length);
    device.send(frame);
    await device.answer('large');
    device.send({ ...frame, pad: `${frame.pad}x` });
    const { code } = await device.closed();
    expect(code === 4413, `a frame of ${maxFrameBytes + 1} bytes closed ${code}`);
  },
  async D15(context) {
    const device = await context.open();
    device.sendAsText(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    const { code } = await device.closed();
    expect(code === 4400, `it closed ${code}`);
  },
  async D16(context) {
    const { extensions } = await context.open({ compression: true });
    expect(extensions === '', `${extensions} was agreed to`);
  },
  async D17(context) {
    const { device } = await context.online();
    const text = JSON.stringify({ t: 'alias', rid: 'parts', op: 'unbind', alias: 'none' });
    device.sendFragments([text.slice(0, 20), text.slice(20, 40), text.slice(40)]);
    await device.answer('parts');
  },
  async D18(context) {
    const device = await context.open();
    device.sendFragments(Array.from({ length: 200 }, () => ' '));
    const { code } = await device.closed();
    expect(code === 4429, `200 fragments closed ${code}`);
  },
};

async function malformedOnce(device: Device, text: string): Promise<void> {
  device.sendText(text);
  const { code } = await device.next('error');
  expect(code === 'bad_frame', `${text.slice(0, 40)} was answered ${code}`);
  // So that no third one follows in a row.
  device.send({ t: 'ping' });
  await device.alive();
}

/** Whether a message names the field: as a path, its parts with dots, or the outer part of it. */
function names(message: string, field: string): boolean {
  return message.includes(field) || message.includes(field.split('.')[0]!);
}

async function refusal(open: () => Promise<unknown>): Promise<string> {
  try {
    await open();
  } catch (error) {
    return (error as Error).message;
  }
  return 'the upgrade was accepted';
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const get = url.startsWith('https') ? secureRequest : request;
    const asked = get(url, { timeout: answerMs }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${answerMs} ms`)));
    asked.on('error', reject);
    asked.end();
  });
}

import {
  type ClientFrames,
  clientFrames,
  closeCodes,
  type ServerFrames,
  sdkPath,
  serverFrames,
  subprotocol,
} from './device-frames.ts';
import { clientExamples, serverExamples } from './frame-examples.ts';

type ClientKind = keyof ClientFrames;
type ServerKind = keyof ServerFrames;

const clientSummaries: Record<ClientKind, string> = {
  register: 'Asks for an identity, which the device keeps',
  login: 'Says who this is and what it has finished',
  ack: 'Everything up to these positions is finished',
  event: 'What the user did with a message',
  alias: 'Binds this device to an alias, or unbinds it',
  tags: "Replaces this device's tags",
  channel: 'Sets or drops the way to reach this device while it is away',
  ping: 'Keeps the connection alive',
  logout: 'Drops the route; the connection closes 1000',
};

const serverSummaries: Record<ServerKind, string> = {
  registered: 'The identity',
  welcome: 'The login holds; messages follow',
  push: 'A message, with exactly one content',
  reconnect: 'This node is going away: come back elsewhere after that time',
  kick: 'The connection is being closed, and why',
  ok: 'What was asked with this rid is done',
  error: 'What was asked is not done, and why',
  pong: 'The answer to a ping',
};

/** What a device may get back for a frame. */
const answers: Partial<Record<ClientKind, ServerKind[]>> = {
  register: ['registered', 'error'],
  login: ['welcome', 'error'],
  event: ['ok', 'error'],
  alias: ['ok', 'error'],
  tags: ['ok', 'error'],
  channel: ['ok', 'error'],
  ping: ['pong'],
};

const closeMeanings: Record<keyof typeof closeCodes, string> = {
  logout: 'logout: stay away',
  malformed: 'malformed frame (after 3 in a row): back off',
  refused: 'credentials refused: stop, or register anew',
  forbidden: 'forbidden (blacklist, app disabled): stop',
  silent: 'no login in time, or heartbeat missed: reconnect',
  replaced: 'replaced by a newer login of this cid: stop',
  tooLarge: 'frame too large: back off',
  tooFast: 'rate or buffer limit: back off',
  draining: 'node draining or overloaded: reconnect after reconnect.after, else back off',
};

const channel = '#/channels/device';

/** The device protocol as an AsyncAPI 3.0 document, from the definitions that frames are checked with. It speaks as the server. */
export function deviceDocument(): object {
  const messages = {
    ...messagesOf(clientFrames, clientSummaries, clientExamples),
    ...messagesOf(serverFrames, serverSummaries, serverExamples),
  };
  const kinds = Object.keys(messages);
  const replies = new Set(Object.values(answers).flat());
  const unasked = (Object.keys(serverFrames) as ServerKind[]).filter((kind) => !replies.has(kind));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Longwire device protocol',
      version: subprotocol.slice(subprotocol.lastIndexOf('v') + 1),
      description: 'JSON text frames over a WebSocket, their kind in `t`. The rules are in docs/protocol.md.',
    },
    defaultContentType: 'application/json',
    servers: { cm: { host: 'HOST', protocol: 'wss', description: 'ws or wss, where the connection managers are' } },
    channels: {
      device: {
        address: sdkPath,
        description: `One connection of one device, subprotocol ${subprotocol}`,
        messages: Object.fromEntries(kinds.map((kind) => [kind, { $ref: `#/components/messages/${kind}` }])),
        bindings: { ws: { method: 'GET' } },
        'x-close-codes': Object.fromEntries(
          Object.entries(closeMeanings).map(([name, meaning]) => [
            closeCodes[name as keyof typeof closeCodes],
            meaning,
          ]),
        ),
      },
    },
    operations: {
      ...Object.fromEntries((Object.keys(clientFrames) as ClientKind[]).map((kind) => [kind, received(kind)])),
      ...Object.fromEntries(unasked.map((kind) => [kind, { action: 'send', ...about([kind]) }])),
    },
    components: { messages },
  };
}

function messagesOf<Kind extends string>(
  frames: Record<Kind, object>,
  summaries: Record<Kind, string>,
  examples: Record<Kind, object[]>,
): Record<string, object> {
  const kinds = Object.keys(frames) as Kind[];
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      {
        name: kind,
        summary: summaries[kind],
        payload: frames[kind],
        examples: examples[kind].map((payload) => ({ payload })),
      },
    ]),
  );
}

function received(kind: ClientKind): object {
  const back = answers[kind];
  return { action: 'receive', ...about([kind]), ...(back ? { reply: about(back) } : {}) };
}

function about(kinds: string[]): object {
  return { channel: { $ref: channel }, messages: kinds.map((kind) => ({ $ref: `${channel}/messages/${kind}` })) };
}

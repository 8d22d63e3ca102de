import type { Click, VendorMessage } from '../vendor-message.ts';
import { withOptions } from './shared.ts';
import { cutTo } from './text.ts';

/** A message to build a request of, perhaps without some of its parts. */
export type Fitted = Pick<VendorMessage, 'title' | 'body' | 'payload' | 'logoUrl' | 'click' | 'options'>;

/** What is left out of a message that is too long, one after another; in the end its texts are cut. */
const steps: ((message: VendorMessage) => Partial<Fitted>)[] = [
  () => ({}),
  () => ({ payload: undefined }),
  () => ({ logoUrl: undefined }),
  () => ({ options: {} }),
  ({ click }) => ({ click: click.is === 'none' ? click : ({ is: 'app' } satisfies Click) }),
  ...[128, 64, 32, 8].map((max) => (message: VendorMessage) => ({
    title: cutTo(message.title, max, 'units'),
    body: cutTo(message.body, max, 'units'),
  })),
];

/**
 * The request of a vendor that counts its bytes, as JSON.
 *
 * @param make of the message without the tokens, whose bytes don't count.
 */
export function fitting<Body extends object>(
  message: VendorMessage,
  maxBytes: number,
  make: (fitted: VendorMessage) => Body,
): Body {
  let left = message;
  let made = make(left);
  for (const step of steps) {
    left = { ...left, ...step(message) } as VendorMessage;
    made = make(left);
    if (Buffer.byteLength(JSON.stringify(made)) <= maxBytes) break;
  }
  return made;
}

/**
 * A request with the upstream's options, or without them if they take away what every notification has.
 *
 * @param notificationOf where title and body are.
 */
export function withGoodOptions<Body extends object>(
  request: Body,
  options: Record<string, unknown>,
  allowed: readonly string[],
  notificationOf: (made: Body) => { title?: unknown; body?: unknown } | undefined,
): Body {
  const made = withOptions(request, options, allowed);
  try {
    const { title, body } = notificationOf(made) ?? {};
    return typeof title === 'string' && typeof body === 'string' ? made : request;
  } catch {
    return request;
  }
}

/** What the app gets as JSON text: the push's head, and the payload if there is one. */
export function dataOf({ data, payload }: Pick<VendorMessage, 'data' | 'payload'>): Record<string, string> {
  return { ...data, ...(payload === undefined ? {} : { payload }) };
}

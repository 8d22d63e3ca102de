import type { RuleLine } from '../rules.ts';

const operator = '`--run FILE`';

/** What a server keeps to. */
export const serverRules: RuleLine[] = [
  // Transport
  [1, 'The subprotocol longwire.v1 is echoed to who offers it', 'subprotocol `longwire.v1` (offered and echoed'],
  [2, 'A client that offers no subprotocol is served', 'a client that offers none is served too'],
  [
    3,
    'A client that offers other subprotocols only is refused with HTTP 400',
    'one that offers only others is refused with HTTP 400',
  ],
  [4, 'An upgrade on another path is answered 404', 'On any other path than `/sdk/v1` an upgrade is answered 404'],
  [5, 'A plain HTTP request is answered 426', 'a plain HTTP request anywhere 426'],
  [
    6,
    'Every frame of the server is text, one JSON object, and fits its definition',
    'Text frames, one JSON object each, its kind in `t`',
  ],
  [7, 'Unknown fields of a frame are ignored', 'Unknown fields are ignored'],
  [8, 'An unknown t is an error of code bad_frame', 'an unknown `t` is an `error` of code `bad_frame`'],
  [9, 'A frame that is not JSON, or no object, is an error of code bad_frame', 'not JSON, not an object'],
  [
    10,
    'A frame with a field at fault is an error of code bad_frame that names the field',
    'a field at fault (its name is in `message`)',
  ],
  [11, 'A binary frame is an error of code bad_frame', 'not JSON, not an object, binary'],
  [12, 'The third malformed frame in a row closes 4400', 'the third in a row closes 4400'],
  [13, 'A valid frame starts the count of malformed ones anew', 'a valid frame starts the count anew'],
  [
    14,
    'A frame of 16 KiB, or what is configured, is read; a larger one closes 4413',
    'A client frame is at most 16 KiB (configurable); a larger one closes 4413',
  ],
  [15, 'Text that is not UTF-8 closes 4400', 'Text that is not UTF-8 closes 4400 at once'],
  [16, 'No compression is agreed to', 'No per-message compression'],
  [17, 'A message in fragments is read as one', 'A message has 128 fragments at the most'],
  [
    18,
    'A message of more than 128 fragments closes 4429',
    'A message has 128 fragments at the most. Over that: close 4429',
  ],
  [
    19,
    'A node that is full answers an upgrade with 503, an address that connects too often with 429, both with Retry-After',
    'A node that is full, or has not taken its lease yet, answers an upgrade with 503',
    `${operator}, and limits that can be reached`,
  ],

  // Registration
  [
    20,
    'A register with a right sign is answered registered, with a cid of 32 hex digits and a token',
    '`registered` {`cid`, `token`}',
  ],
  [21, 'A wrong sign is bad_credentials, close 4401', 'or `error` and close 4401'],
  [22, 'An unknown app is answered as a wrong sign is', 'wrong `sign` or unknown `appId` (one answer for both)'],
  [23, 'A ts more than 5 min off, early or late, is bad_credentials, close 4401', '`ts` more than 5 min off'],
  [24, 'A ts less than 5 min off is good', '`ts` more than 5 min off'],
  [25, 'A nonce seen before is bad_credentials, close 4401, also on another connection', 'a nonce seen before: 4401'],
  [26, 'Each registration is another cid', 'one installation of one app: 32 lower-case hex digits'],
  [27, 'A register with a subscription against the rules is bad_frame, close 4400', 'in a `register` close 4400'],
  [
    28,
    'A register over the rate of its address or app is told when to come back, close 4429',
    'too many registrations or wrong credentials from one address',
    'a server on loopback that limits its addresses',
  ],
  [
    29,
    'What register or login needs is away: error unavailable, close 4503',
    'what `register` or `login` needs is away',
    operator,
  ],

  // Login
  [
    30,
    'A login is answered welcome, with session, heartbeat, serverTime, window and bseq',
    '`welcome`; or `error` and close 4401',
  ],
  [31, 'A token of another device, or of another app, is bad_credentials, close 4401', '4401 (bad token)'],
  [
    32,
    'A blacklisted device is kicked and closed 4403, and its login is forbidden, close 4403',
    '4403 (device blacklisted, app disabled)',
  ],
  [33, 'A login of a disabled app is forbidden, close 4403', '4403 (device blacklisted, app disabled)', operator],
  [
    34,
    'register then login on one connection works',
    '`register` then `login` on one connection is the normal first start',
  ],
  [
    35,
    'Before the login any other frame is not_logged_in, with its rid, and the connection stays',
    'any other frame than `register`, `login` or `ping` before the login',
  ],
  [
    36,
    'A connection that has not logged in within 10 s closes 4408',
    'A connection that has not logged in within 10 s closes 4408',
  ],
  [
    37,
    'register or login on a connection that has logged in is bad_frame',
    '`register` or `login` on a connection that has logged in',
  ],
  [
    38,
    'Frames that come while a login is under way are read after it, in their order',
    'wait for its end and are then read in their order',
  ],
  [
    39,
    'More than 16 frames while a register or login is under way close 4429',
    'over 16 frames while a `register` or `login` is under way',
  ],
  [
    40,
    'A newer login of a cid replaces the older: kick replaced, close 4409',
    '`replaced` (the cid logged in elsewhere)',
  ],
  [
    41,
    'From the fourth replacement in a row on, the kick says in after how long to stay away',
    'From the fourth replacement',
  ],
  [
    42,
    'A login with a seq beyond the highest is bad_position of seq, and goes on as from 0',
    "a login goes on as if the device had finished nothing it can't have",
  ],
  [
    43,
    'A login with a bseq beyond the highest is bad_position of bseq, and goes on',
    'beyond the highest position that there is',
  ],

  [
    44,
    'Refused credentials say the reason, clock, nonce, sign or token, and serverTime',
    'An `error` of code `bad_credentials` has `reason` and `serverTime`',
  ],

  // Alive
  [45, 'ping is answered pong, before and after the login', '`pong`. WebSocket pings are answered too'],
  [46, 'A WebSocket ping is answered, with its payload', 'WebSocket pings are answered too'],
  [47, 'A device that is silent for 1.5 × heartbeat closes 4408', 'silent for 1.5 × that: close 4408'],
  [
    48,
    'A device from which nothing came for 1.1 × heartbeat is sent a WebSocket ping, and its pong keeps the connection',
    'A device from which nothing came for 1.1 × that is sent a WebSocket ping',
  ],

  // Delivery
  [
    50,
    'A push to an online device arrives, with id, task, seq, at, exp and exactly one content',
    'then exactly one content',
  ],
  [
    51,
    'A notification arrives with the fields that it was pushed with',
    '`notification` {`title`, `body`, `clickType`',
  ],
  [
    52,
    'A push that was accepted while its device was away arrives at the next login',
    'is stored; from then on it reaches the device',
  ],
  [
    53,
    'Pushes come in the order in which they were accepted, their seq strictly increasing',
    'unicast `seq` (an integer below 2^53) is strictly increasing, and CM sends it in order',
  ],
  [
    54,
    'What is not acknowledged comes again after a reconnect, with the same seq and id',
    'After a reconnect everything unacknowledged is sent again, with the same `seq` and `id`',
  ],
  [55, 'An ack is cumulative: what it covers does not come again', 'cumulative: everything up to it is finished'],
  [56, 'A login with a seq gets only what is above it', 'highest unicast `seq` this SDK has finished'],
  [
    57,
    'No more than window messages are unacknowledged; acks bring the rest',
    'CM never holds more than `window` unacknowledged unicast messages for a connection',
  ],
  [58, 'What has expired is not sent', 'or expires, or is recalled'],
  [
    59,
    'A revoke takes the message of its task out of the queue, and comes itself',
    "a `revoke` takes the message of its `task` out of the device's queue",
  ],
  [
    60,
    'A push with ttl −1 has neither seq nor bseq, and is not sent again',
    'a push with ttl −1: sent once, not acknowledged',
  ],
  [61, 'A push with ttl −1 expires 10 s after at', 'A push with ttl −1 has an `exp` 10 s after `at`'],
  [62, 'Each message has an id of its own', '`id` (unique per message)'],
  [
    63,
    'An ack beyond the highest position is bad_position of its field, and the connection stays',
    'of a `login` or `ack` beyond the highest position that there is',
  ],
  [64, 'An ack is not answered', 'likewise | none |'],
  [65, 'No crash of a process loses an accepted push', 'No crash of any one process changes that', operator],
  [
    66,
    'A socket that does not drain is left behind and catches up, or closes 4429',
    'A socket whose send buffer is over the limit is left behind',
  ],

  // Broadcasts
  [70, 'A push to all arrives with a bseq and no seq', '`bseq` (broadcast)'],
  [71, 'Broadcasts come in order, their bseq strictly increasing', '`bseq` is an opaque cursor with a total order'],
  [
    72,
    'A login with a bseq gets the broadcasts after it, with the same bseq and id',
    'A device gets every unexpired broadcast after its cursor',
  ],
  [73, 'A login with a bseq gets no broadcast up to it', 'A device gets every unexpired broadcast after its cursor'],
  [
    74,
    'A device that logs in for the first time gets no broadcast from before',
    'where the broadcast cursor stands for a device that sent none',
  ],

  // Calls and events
  [
    75,
    'alias, tags and channel are answered ok with their rid, of the type that it had',
    '`ok` {`rid`} or `error` {`rid`}',
  ],
  [76, 'An alias that was bound leads pushes to its device, and no longer once it is unbound', '`bind` or `unbind`'],
  [77, 'Calls are answered in their order', "A connection's calls are done one after another"],
  [
    78,
    'An alias, a tag or a subscription against the rules is bad_frame with its rid, and the connection stays',
    'an alias, tag or subscription against the rules',
  ],
  [
    79,
    'With 32 calls that have no answer yet a further one is rate_limited with its rid',
    'with 32 that have no answer yet, a further one is `rate_limited`',
  ],
  [80, 'A subscription of Web Push is kept, and null drops it', '(as a browser gives it) or null to drop it'],
  [
    81,
    'An event of a message is counted once, however often it is told',
    '`shown`, `clicked`, `dismissed` or `custom:NNNNN`',
  ],
  [
    82,
    'An event of an id that is no message of its task is bad_frame, and the connection stays',
    'an `event` whose `id` is not the id of a message of that `task`',
  ],
  [83, 'An event without a rid is not answered', '`custom:NNNNN`; `at`?'],
  [84, 'An event with a rid is answered ok with it', 'It is answered `ok` {`rid`} once the event is kept'],
  [85, 'An event with a rid of an id that is no message is bad_frame with the rid', 'with its `rid`, if it has one'],
  [
    86,
    'An alias that has all the devices it may is forbidden, with the rid, and the connection stays',
    'an alias that has all the devices it may `forbidden`',
  ],
  [
    87,
    "A token of a vendor's channel is kept, and null drops it",
    "A `channel`, of a `register` too, may be a vendor's",
  ],
  [
    88,
    "A token of a vendor's channel against the rules is bad_frame with the rid, and the connection stays",
    '{`token`}, 1 to 4096 printable characters of ASCII without spaces',
  ],

  // Limits and the end
  [90, 'More than 600 frames at once close 4429', 'over 200 frames a second in the long run or 600 at once'],
  [
    91,
    'WebSocket pings count as frames',
    'WebSocket pings and pongs, and the fragments of a message, each count as a frame',
  ],
  [92, 'Acks that finish something cost nothing of the frames', 'costs nothing of the 200 frames a second'],
  [93, 'logout closes 1000, and the device is offline', 'the route is dropped, close 1000'],
  [94, 'A node that goes away says reconnect, and closes 4503', 'this node is going away', operator],
  [95, "An operator's kick is admin, close 4403", "`admin` is an operator's", operator],
];

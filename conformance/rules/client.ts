import type { RuleLine } from '../rules.ts';

/** What an SDK keeps to. */
export const clientRules: RuleLine[] = [
  // Transport
  [101, 'It offers the subprotocol longwire.v1', 'subprotocol `longwire.v1` (offered and echoed'],
  [
    102,
    'Every frame that it sends is text and fits its definition',
    'Text frames, one JSON object each, its kind in `t`',
  ],
  [103, 'Fields that it does not know are ignored', 'Unknown fields are ignored'],
  [104, 'Frames whose t it does not know are ignored', 'An SDK ignores a frame whose `t` it does not know'],

  // Registration and login
  [
    110,
    'The first start registers, with a right sign over appId, ts and nonce',
    'hex HMAC-SHA256(key `appSecret`, text `appId + "\\n" + ts + "\\n" + nonce`)',
  ],
  [111, 'ts is the time now', '`ts` more than 5 min off'],
  [112, 'Each registration has a nonce of its own', 'a nonce seen before: 4401'],
  [
    113,
    'It logs in on the connection that it has registered on, with the cid and token that it got, and seq 0',
    '`register` then `login` on one connection is the normal first start',
  ],
  [114, 'A restart logs in as the same device, without a register', 'issued by `register`, kept by the SDK'],
  [115, 'So does a start after a crash, once the app was told the cid', 'issued by `register`, kept by the SDK'],
  [116, 'A login says the highest seq that it has finished', 'highest unicast `seq` this SDK has finished'],
  [117, 'A login says the last bseq that it has finished', 'last broadcast cursor it has finished'],
  [
    118,
    'A device that has no cursor yet takes the bseq of its first welcome',
    'where the broadcast cursor stands for a device that sent none',
  ],

  // Delivery
  [120, 'Notifications, transmissions and revokes reach the app', 'then exactly one content'],
  [121, 'They reach the app in order', 'CM sends it in order'],
  [122, 'What the app has finished is acknowledged', 'everything up to it is finished'],
  [123, 'Nothing is acknowledged before the app has finished it', 'everything up to it is finished'],
  [
    124,
    'No ack is beyond what the app was given',
    'An `ack` beyond what was sent on the connection counts up to what was sent',
  ],
  [
    125,
    'It stores before it acks: what was acknowledged is covered by the login after a crash',
    'stores them before it acks',
  ],
  [
    126,
    'What comes again with the same seq and id reaches the app once',
    'The SDK ignores what its stored `seq`/`bseq` already covers',
  ],
  [
    127,
    'A message whose seq is covered is ignored, whatever its id',
    'The SDK ignores what its stored `seq`/`bseq` already covers',
  ],
  [
    128,
    'An id among the last 200 is ignored, also at another seq and after a restart',
    'It also keeps the last 200 `id`s and ignores those',
  ],
  [
    129,
    'A repeat that was ignored is covered by an ack, so that it leaves the queue',
    "A message leaves the server's queue when an `ack` covers it",
  ],
  [
    130,
    'What the app had not finished at a crash comes to it after the restart',
    'at least once on the wire, exactly once to the app',
  ],
  [131, 'A push with neither seq nor bseq reaches the app, and is not acknowledged', 'sent once, not acknowledged'],
  [132, 'A broadcast reaches the app once, and is acknowledged with its bseq', '`bseq`? likewise'],
  [
    133,
    'A bseq that is covered is ignored, also after a restart',
    'The SDK ignores what its stored `seq`/`bseq` already covers',
  ],
  [134, 'bad_position of seq: it goes on from 0, and ids still tell messages apart', 'for `seq` it goes on from 0'],
  [135, 'bad_position of bseq: it goes on from the bseq of the welcome', "for `bseq` from the `welcome`'s"],
  [136, 'A push that comes before the welcome is not lost', 'the choice that keeps a message from being lost wins'],

  // Alive
  [140, 'WebSocket pings are answered', 'browsers and libraries answer by themselves'],
  [141, 'An idle connection is kept alive', 'silent for 1.5 × that: close 4408'],
  [
    142,
    'A connection on which nothing comes any more for 1.5 × heartbeat is given up, and made anew',
    'An SDK that hears nothing for 1.5 × `heartbeat`',
  ],

  // The end of a connection
  [150, 'A connection that is cut is made anew', 'Reconnects back off exponentially with full jitter'],
  [151, 'After 4400 it comes back', '| 4400 | malformed frame (after 3 in a row) | backs off |'],
  [
    152,
    'After a 4401 of its login it registers anew once, or stops, and tells the app',
    '| 4401 | credentials refused | stops, or registers anew |',
  ],
  [
    153,
    'A registration that is refused is not tried again at once, over and over',
    '| 4401 | credentials refused | stops, or registers anew |',
  ],
  [154, 'After 4403 it stays away, and the app is told', '| 4403 | forbidden (blacklist, app disabled) | stops |'],
  [155, 'After 4408 it comes back', '| 4408 | no login in time, or heartbeat missed | reconnects |'],
  [156, 'After 4409 it stays away, and the app is told', '| 4409 | replaced by a newer login of this cid | stops |'],
  [157, 'After 4413 it comes back', '| 4413 | frame too large | backs off |'],
  [158, 'After 4429 it comes back', '| 4429 | rate or buffer limit | backs off |'],
  [159, 'After 4503 it comes back', '| 4503 | node draining or overloaded |'],
  [160, 'After a reconnect frame it comes back, not before that time, and not twice', 'come back after that time'],
  [161, 'Messages that come after a reconnect frame reach the app', 'Messages keep coming until the socket closes'],
  [162, 'Waits between tries grow', 'Reconnects back off exponentially'],
  [163, 'Waits are random up to their bound, not fixed', 'with full jitter'],
  [164, 'No wait is over its most', '(1 s to 60 s)'],
  [165, 'A welcome that held for less than 30 s does not end the backoff', 'reset by a `welcome` that held for 30 s'],
  [166, 'A welcome that held for 30 s ends the backoff', 'reset by a `welcome` that held for 30 s'],
  [167, 'It has one connection at a time', 'replaced by a newer login of this cid'],
  [
    168,
    'A reconnect before its register or login is refused with 4429 is kept to',
    'a `reconnect` before it says when to come back',
  ],

  // Calls, events, logout
  [170, 'An alias is bound and unbound by frames with a rid, and ok is its success', '`ok` {`rid`} or `error` {`rid`}'],
  [171, 'An error with the rid is the failure of the call', '`ok` {`rid`} or `error` {`rid`}'],
  [172, 'Tags are sent as the full list', "the full list of this device's tags"],
  [173, 'Calls under way have different rids, and answers find theirs in any order', '`ok` {`rid`} or `error` {`rid`}'],
  [174, 'An event says task, id and action', '`shown`, `clicked`, `dismissed` or `custom:NNNNN`'],
  [
    175,
    'An event that is told without a connection goes out with the next one',
    'the choice that keeps a message from being lost wins',
  ],
  [176, 'logout is a frame, and the device stays away', '| 1000 | logout | stays away |'],
  [177, 'A stop without logout sends no logout', '| 1000 | logout | stays away |'],

  // Additions
  [
    180,
    'Refused for its clock it registers again, with a ts that serverTime has corrected',
    'corrects its clock by `serverTime`, signs again, backs off',
  ],
  [181, 'Refused for its nonce it registers again, with a new nonce', 'takes a new nonce, backs off'],
  [
    182,
    'Refused for its token it registers anew once; refused again before a welcome it stops',
    'registers anew, once until a `welcome`; else stops',
  ],
  [
    183,
    'An event that has no answer is sent again on the next connection, and no more once it has one',
    'sends those that have no answer again on the next connection, and takes them out when the answer comes',
  ],
  [184, 'An event that has no answer outlives a crash', 'An SDK stores events'],
  [
    185,
    "A token of a vendor's channel is handed over with its kind, and null drops it",
    "A `channel`, of a `register` too, may be a vendor's",
  ],
];

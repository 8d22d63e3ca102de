/**
 * Values that the examples of calls share. Tests put real ones in their place, the documentation a shell's variables, so each
 * of them stands for one thing alone.
 */
export const example = {
  appKey: 'Xk2vYq8LrT5n0aBcWd7eZ1',
  timestamp: '1764000000000',
  sign: '3b1f5cbb3ac3b0a4b2ab7d2dbd0a3e6d9cbd8e0f3fd0b7a0c2ffb1a1e3d4c5b6',
  token: 'demo.1764086400000.5f2c9a7be1d04c83a6f1b2c3.Zy3rQm0uT8wKx1vN4bPc7dLhJf2gSaEo6iRt9YkUq5A',
  cid: '15fa726744ffcef519457d9e20aa34a5',
  alias: 'demo_user',
  requestId: 'order-2041-shipped',
  /** Where a second one is needed. */
  nextRequestId: 'order-2041-arrived',
  /** Of a push to one device. */
  singleTask: 'RASS_1124_49601af0cef855e9641f3379a14e9b3761e0b7f6',
  nextTask: 'RASS_1124_0be1d7c2a95f4638e07c1d2b84fa96530c7de18b',
  /** Of one that is scheduled. */
  laterTask: 'RASS_1124_e4b7093ac51d28f6b0937ed1458a2fc60d913b75',
  /** A message that was saved for lists. */
  listTask: 'RASL_1124_8d0c5b1fa2e64c7799b30f5d7ae1c2846b9f03de',
  broadcastTask: 'RASA_1124_all5b07e2c94f1d8a36e0c5b91f42d7a8e06b3c1',
  /** Of a push to tags. */
  appTask: 'RASA_1124_c7f13a90d25e4b86a1f47c0b92d8e563fa0b7d41',
  group: 'spring-sale',
  date: '2025-11-24',
} as const;

/** The message of most examples. */
export const exampleMessage = { transmission: 'Order 2041 has shipped' };

/** Figures of a task that went to three devices. */
export const exampleCounts = { msg_num: 3, target_num: 3, receive_num: 2, display_num: 2, click_num: 1 };

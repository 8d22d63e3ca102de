/** Topics and groups of the bus. `prefix` is the product line's. */
export function topicsOf(prefix: string, routeGeneration: number) {
  return {
    /** Messages on their way to devices, partitioned by cid. A new generation is a new topic. */
    route: `${prefix}.route.${routeGeneration}`,
    /** Tasks whose targets are yet to be found, partitioned by task. */
    task: `${prefix}.task`,
    /** Broadcasts on their way into their apps' logs, partitioned by app. As a position is a `bseq`, it has a generation too. */
    broadcast: `${prefix}.broadcast.${routeGeneration}`,
    /** What happened to messages and devices, partitioned by task or cid. */
    receipt: `${prefix}.receipt`,
    /** Messages that may go by a channel of a vendor, and news of devices' channels, partitioned by cid. */
    channel: `${prefix}.channel`,
    /** Records that could not be worked on, set aside for people. */
    dead: `${prefix}.dead`,
  };
}

export function groupsOf(prefix: string) {
  return {
    router: `${prefix}.router`,
    planner: `${prefix}.planner`,
    broadcaster: `${prefix}.broadcaster`,
    statistics: `${prefix}.statistics`,
    callback: `${prefix}.callback`,
    channel: `${prefix}.channel`,
  };
}

export const taskPartitions = 8;
export const broadcastPartitions = 8;
export const receiptPartitions = 8;
export const channelPartitions = 8;
export const deadPartitions = 1;

/** How long records of a topic are kept. */
export interface Retention {
  /**
   * - `consumed`: until every group has committed a record, and some minutes more.
   * - `replayed`: for the bus' retention, as a view may have to be made again; at the bound the oldest that every group has committed go.
   * - `kept`: for people to look at; at the bound the oldest go, read or not.
   */
  kind: 'consumed' | 'replayed' | 'kept';
  /** Part of the bus' memory that the topic may take at the most, where the bus lives in memory. */
  share: number;
}

/** Together half of the memory: the rest is for what else Redis holds, and for copies while it writes its file anew. */
const retentions = {
  route: { kind: 'replayed', share: 0.3 },
  broadcast: { kind: 'replayed', share: 0.04 },
  task: { kind: 'consumed', share: 0.04 },
  receipt: { kind: 'consumed', share: 0.08 },
  channel: { kind: 'consumed', share: 0.03 },
  dead: { kind: 'kept', share: 0.01 },
} as const satisfies Record<string, Retention>;

/** The topics by what they are for: a closed set, for labels. */
export const topicKinds = [...(Object.keys(retentions) as (keyof typeof retentions)[]), 'other'] as const;

/** What a topic is for, whatever its product line and generation. */
export function topicKindOf(topic: string): (typeof topicKinds)[number] {
  const name = topic.split('.')[1];
  return topicKinds.find((kind) => kind === name) ?? 'other';
}

export function retentionOf(topic: string): Retention {
  const kind = topicKindOf(topic);
  return kind === 'other' ? { kind: 'replayed', share: 0.02 } : retentions[kind];
}

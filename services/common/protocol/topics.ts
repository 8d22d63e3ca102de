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

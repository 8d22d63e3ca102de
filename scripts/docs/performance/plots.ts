import type {
  BroadcastResult,
  ConnectionsResult,
  FlatnessResult,
  PushResult,
  Result,
  ScalingResult,
} from '../../../bench/result-file/schemas.ts';
import { type BarGroup, bars } from './bars.ts';
import { busName, figure } from './figures.ts';
import { partsOf } from './processes.ts';

/** What is drawn of a result: CPU time by process, beside what it is compared with. */
export function plotOf(result: Result): string {
  switch (result.kind) {
    case 'push':
      return bars(pushTitle(result), result.results.map(pushGroup));
    case 'connections':
      return bars(
        `CPU of a device that comes, by process, µs: ${busName(result.bus)}`,
        result.arrivals.map(arrivalGroup),
      );
    case 'broadcast':
      return bars(
        `CPU of a broadcast for each of ${figure(result.connected)} devices, by process, µs: ${busName(result.bus)}`,
        result.results.map(broadcastGroup),
      );
    case 'flatness':
      return bars(
        `CPU of a push with so many registered devices, by process, µs: ${busName(result.bus)}`,
        result.results.map(sizeGroup),
      );
    case 'scaling':
      return bars(
        `CPU of a push with so many instances of a role, by process, µs: ${busName(result.bus)}`,
        result.results.map(instancesGroup),
      );
  }
}

function pushTitle({ bus, batch, conditions }: PushResult): string {
  const { redis } = conditions.stores;
  const what = batch > 1 ? `a message in batches of ${batch}` : 'a message';
  return `CPU of ${what}, by process, µs: ${busName(bus)}${redis === null ? '' : `, ${redis}`}`;
}

/** A floor that wasn't recorded is as long as its ratio says. */
function pushGroup({ callers, longwire, floor, ratio }: PushResult['results'][number]): BarGroup {
  const { kafka: brokerUs = 0, ...own } = longwire.byProcess ?? {};
  const ownUs = (longwire.totalUs ?? 0) - brokerUs;
  const floorUs = floor.totalUs ?? ownUs / ratio;
  const broker: Record<string, number> = brokerUs > 0 ? { kafka: brokerUs } : {};
  return {
    label: `${callers} caller${callers === 1 ? '' : 's'}`,
    bars: [
      {
        label: 'Longwire',
        parts: partsOf({ ...own, ...broker }),
        sum: `${figure(ownUs)}${brokerUs > 0 ? ` + ${figure(brokerUs)}` : ''}, ${figure(ratio, 1)} ×`,
      },
      {
        label: 'floor',
        parts: partsOf(floor.byProcess ?? { floor: floorUs }),
        sum: `${floor.totalUs === null ? 'about ' : ''}${figure(floorUs)}`,
      },
    ],
  };
}

function arrivalGroup({ what, totalUs, byProcess, bareUs }: ConnectionsResult['arrivals'][number]): BarGroup {
  const ours = { label: '', parts: partsOf(byProcess), sum: figure(totalUs) };
  if (bareUs === null) return { label: what, bars: [ours] };
  return {
    label: what,
    bars: [
      { ...ours, sum: `${ours.sum}, ${figure(totalUs / bareUs, 1)} ×` },
      { label: 'bare ws', parts: partsOf({ bare: bareUs }), sum: figure(bareUs) },
    ],
  };
}

function broadcastGroup({ burst, acks, totalUs, byProcess, rawUs }: BroadcastResult['results'][number]): BarGroup {
  return {
    label: `${burst === 1 ? 'alone' : `${burst} at once`}, ${acks ? 'acks' : 'no acks'}`,
    bars: [
      { label: 'Longwire', parts: partsOf(byProcess), sum: figure(totalUs, 1) },
      { label: 'raw writer', parts: partsOf({ bare: rawUs }), sum: figure(rawUs, 1) },
    ],
  };
}

function sizeGroup({ registered, cost, ratio }: FlatnessResult['results'][number]): BarGroup {
  const sum = `${figure(cost.totalUs)}, ${figure(ratio, 2)} ×`;
  return {
    label: `${figure(registered)} registered`,
    bars: [{ label: '', parts: partsOf(cost.byProcess ?? {}), sum }],
  };
}

function instancesGroup({ role, instances, cost, ratio }: ScalingResult['results'][number]): BarGroup {
  const sum = `${figure(cost.totalUs)}, ${figure(ratio, 2)} ×`;
  return { label: `${instances} ${role}`, bars: [{ label: '', parts: partsOf(cost.byProcess ?? {}), sum }] };
}

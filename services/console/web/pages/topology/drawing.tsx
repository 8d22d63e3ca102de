import type { Topology, TopologyNode } from '../../api/types.ts';
import { useWords } from '../../i18n/i18n.tsx';
import { box, lineBetween, places, size } from './places.ts';

type Arrow = Topology['arrows'][number];
type Node = Topology['nodes'][number];

/** Boxes and arrows; a box tells of its instances when it is chosen. On a phone it is scrolled sideways. */
export function Drawing({
  topology,
  chosen,
  onChoose,
}: {
  topology: Topology;
  chosen: TopologyNode | undefined;
  onChoose: (node: TopologyNode) => void;
}) {
  return (
    <div className="topology">
      <svg className="topology-drawing" viewBox={`0 0 ${size.width} ${size.height}`}>
        <title>{useWords().t.topology.title}</title>
        <defs>
          <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path className="arrow-tip" d="M0 0 8 4 0 8Z" />
          </marker>
        </defs>
        {topology.arrows.map((arrow) => (
          <ArrowLine arrow={arrow} both={isBoth(topology, arrow)} key={`${arrow.from} ${arrow.to} ${arrow.unit}`} />
        ))}
        {topology.nodes.map((node) => (
          <NodeBox node={node} chosen={node.id === chosen} onChoose={onChoose} key={node.id} />
        ))}
      </svg>
    </div>
  );
}

function isBoth({ arrows }: Topology, { from, to }: Arrow): boolean {
  return arrows.some((other) => other.from === to && other.to === from);
}

/** What passes it stands in the table below too. */
function ArrowLine({ arrow, both }: { arrow: Arrow; both: boolean }) {
  const { t, f } = useWords();
  const { x1, y1, x2, y2 } = lineBetween(places[arrow.from], places[arrow.to], both ? 9 : 0);
  const moving = arrow.perS !== null && arrow.perS > 0;
  const upright = Math.abs(x1 - x2) < 40;
  // Of two upright ones, each has its words on its own side.
  const side = both && y2 > y1 ? -1 : 1;
  const anchor = !upright ? 'middle' : side > 0 ? 'start' : 'end';
  const text = { x: (x1 + x2) / 2 + (upright ? 8 * side : 0), y: (y1 + y2) / 2 - (upright ? 0 : 7) };
  return (
    <>
      <line className={moving ? 'arrow arrow-moving' : 'arrow'} x1={x1} y1={y1} x2={x2} y2={y2} markerEnd="url(#tip)" />
      {arrow.perS !== null && (
        <text className="arrow-text" x={text.x} y={text.y} textAnchor={anchor}>
          {t.topology.perSecond(f.figure(arrow.perS))}
          {arrow.p99Ms !== null && (
            <tspan className="arrow-late" x={text.x} dy={upright ? 15 : 21}>
              {t.topology.latency(f.figure(arrow.p50Ms ?? 0), f.figure(arrow.p99Ms))}
            </tspan>
          )}
        </text>
      )}
    </>
  );
}

function NodeBox({ node, chosen, onChoose }: { node: Node; chosen: boolean; onChoose: (node: TopologyNode) => void }) {
  const { t, f } = useWords();
  const { x, y } = places[node.id];
  const ill = node.instances.some(({ state }) => state === 'hung' || state === 'not_ready');
  const name = t.topology.node[node.id];
  return (
    <foreignObject x={x - box.width / 2 - 4} y={y - box.height / 2 - 4} width={box.width + 8} height={box.height + 8}>
      {node.role === null ? (
        <div className="node node-outside">{name}</div>
      ) : (
        <button
          type="button"
          className={`node${chosen ? ' node-chosen' : ''}${ill ? ' node-ill' : ''}`}
          aria-pressed={chosen}
          onClick={() => onChoose(node.id)}
        >
          <span>{ill ? `▲ ${name}` : name}</span>
          <span className="node-count">{t.topology.instances(f.number(node.instances.length))}</span>
        </button>
      )}
    </foreignObject>
  );
}

/** The nodes of a document by their `@id`, so that what is said elsewhere in a graph is found from where it is referred to. */
import { type Findings, step } from './finding.ts';
import { idOf, isNode, type Node, type NodeSpot, type Spot } from './spot.ts';

export const depthMax = 64;

export type Index = {
  /** The fullest node that has the same `@id`, or the spot itself. */
  deref(spot: Spot): Spot;
};

/** Walks the whole document once. Undefined, and an error, when it is nested too deep to be read any further. */
export function indexOf(roots: Spot[], report: Findings): Index | undefined {
  const byId = new Map<string, NodeSpot>();
  let tooDeep = false;
  const walk = (spot: Spot, depth: number) => {
    const { value } = spot;
    if (typeof value !== 'object' || value === null) return;
    if (depth > depthMax) {
      if (!tooDeep) report.error(spot, `nested deeper than ${depthMax} levels`);
      tooDeep = true;
      return;
    }
    if (isNode(value)) remember({ ...spot, value });
    const entries: [string | number, unknown][] = Array.isArray(value)
      ? [...value.entries()]
      : Object.entries(value);
    for (const [key, each] of entries) {
      if (typeof each !== 'object' || each === null || key === '@context') continue;
      walk({ value: each, script: spot.script, pointer: step(spot.pointer, key) }, depth + 1);
    }
  };
  const remember = (spot: NodeSpot) => {
    const id = idOf(spot.value);
    if (id === undefined) return;
    const known = byId.get(id);
    if (!known || sizeOf(known.value) < sizeOf(spot.value)) byId.set(id, spot);
  };
  for (const root of roots) walk(root, 0);
  if (tooDeep) return undefined;
  return {
    deref(spot) {
      const id = isNode(spot.value) ? idOf(spot.value) : undefined;
      const fuller = id === undefined ? undefined : byId.get(id);
      return fuller && isNode(spot.value) && sizeOf(fuller.value) > sizeOf(spot.value) ? fuller : spot;
    },
  };
}

const sizeOf = (node: Node) => Object.keys(node).length;

/** Merkle roots and the chain of commits, from docs/data.md. */
import { createHash } from 'node:crypto';

const leafTag = Buffer.of(0);
const nodeTag = Buffer.of(1);
export const firstChain = Buffer.alloc(32);

export function leafOf(body: string): Buffer {
  return createHash('sha256').update(leafTag).update(body, 'utf8').digest();
}

/** An odd node at the end of a level moves up unchanged. There is at least one leaf. */
export function rootOf(leaves: Buffer[]): Buffer {
  let level = leaves;
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at] as Buffer;
      const right = level[at + 1];
      above.push(right ? createHash('sha256').update(nodeTag).update(left).update(right).digest() : left);
    }
    level = above;
  }
  return level[0] as Buffer;
}

export function chainOf(previous: Buffer, root: Buffer, event: string, first: number, last: number): Buffer {
  return createHash('sha256')
    .update(previous)
    .update(root)
    .update(`${event} ${first} ${last}`, 'ascii')
    .digest();
}

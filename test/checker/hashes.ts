/** Merkle roots and the chain of commits, from docs/data.md. */
import { createHash, hash } from 'node:crypto';

export const firstChain = Buffer.alloc(32);
/** Tag and bytes to hash, one after another: one call of the hash each is most of what a fact costs. */
let scratch = Buffer.alloc(1 << 12);

export function leafOf(body: string): Buffer {
  const bytes = 1 + Buffer.byteLength(body);
  if (bytes > scratch.length) scratch = Buffer.alloc(2 * bytes);
  scratch[0] = 0;
  scratch.write(body, 1);
  return hash('sha256', scratch.subarray(0, bytes), 'buffer');
}

function nodeOf(left: Buffer, right: Buffer): Buffer {
  scratch[0] = 1;
  left.copy(scratch, 1);
  right.copy(scratch, 33);
  return hash('sha256', scratch.subarray(0, 65), 'buffer');
}

/** An odd node at the end of a level moves up unchanged. There is at least one leaf. */
export function rootOf(leaves: Buffer[]): Buffer {
  let level = leaves;
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at] as Buffer;
      const right = level[at + 1];
      above.push(right ? nodeOf(left, right) : left);
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

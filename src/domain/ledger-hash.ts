/**
 * The hashes of the ledger: a Merkle root over the facts of one event in one commit, and a chain over the roots. The
 * leading byte keeps a leaf from ever passing for a node (docs/data.md gives the formulas).
 */
import { hash } from 'node:crypto';

/** One row of `journal_commits`. Hashes are lowercase hex. */
export type Commit = { firstVersion: number; lastVersion: number; root: string; chain: string };

/** What the first link of an event's chain follows. */
export const chainStart = '0'.repeat(64);

/**
 * A hash as a string of one character a byte: Node makes one in half the time of a Buffer, which is an allocation of its own
 * outside the heap.
 */
export type Bytes = string;

export function leafHash(body: string): Bytes {
  return hash('sha256', `\0${body}`, 'binary');
}

/** The same, of bytes that begin with the zero byte already. */
export function leafHashOf(zeroAndBody: Uint8Array): Bytes {
  return hash('sha256', zeroAndBody, 'binary');
}

const nodeInput = Buffer.alloc(65, 1);

function nodeHash(left: Bytes, right: Bytes): Bytes {
  // One buffer for all nodes: hash() has read it before it returns.
  nodeInput.write(left, 1, 32, 'latin1');
  nodeInput.write(right, 33, 32, 'latin1');
  return hash('sha256', nodeInput, 'binary');
}

/**
 * The root over leaves that come one by one, keeping one hash per level. Joining the rightmost subtrees last gives the
 * same tree as moving an odd node up unchanged, level by level.
 */
export class MerkleRoot {
  private readonly levels: { height: number; hash: Bytes }[] = [];

  add(body: string): void {
    this.addLeaf(leafHash(body));
  }

  addLeaf(leaf: Bytes): void {
    let height = 0;
    let top = leaf;
    for (let left = this.levels.at(-1); left?.height === height; left = this.levels.at(-1)) {
      top = nodeHash(left.hash, top);
      height += 1;
      this.levels.pop();
    }
    this.levels.push({ height, hash: top });
  }

  /** The root, lowercase hex. The empty tree has none. */
  root(): string {
    const last = this.levels.at(-1);
    if (last === undefined) throw new RangeError('a root needs at least one leaf');
    let right = last.hash;
    for (let level = this.levels.length - 2; level >= 0; level--) {
      right = nodeHash(this.levels[level]!.hash, right);
    }
    return Buffer.from(right, 'latin1').toString('hex');
  }
}

export function chainHash(
  previous: string,
  root: string,
  event: string,
  firstVersion: number,
  lastVersion: number,
): string {
  const span = Buffer.from(`${event} ${firstVersion} ${lastVersion}`, 'ascii');
  return hash('sha256', Buffer.concat([Buffer.from(previous, 'hex'), Buffer.from(root, 'hex'), span]), 'hex');
}

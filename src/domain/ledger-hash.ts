/**
 * The hashes of the ledger: a Merkle root over the facts of one event in one commit, and a chain over the roots. The
 * leading byte keeps a leaf from ever passing for a node (docs/data.md gives the formulas).
 */
import { hash } from 'node:crypto';

/** One row of `journal_commits`. Hashes are lowercase hex. */
export type Commit = { firstVersion: number; lastVersion: number; root: string; chain: string };

/** What the first link of an event's chain follows. */
export const chainStart = '0'.repeat(64);

export function leafHash(body: string): Buffer {
  return hash('sha256', `\0${body}`, 'buffer');
}

/** The same, of bytes that begin with the zero byte already. */
export function leafHashOf(zeroAndBody: Uint8Array): Buffer {
  return hash('sha256', zeroAndBody, 'buffer');
}

const nodeInput = Buffer.alloc(65, 1);

function nodeHash(left: Buffer, right: Buffer): Buffer {
  // One buffer for all nodes: hash() has read it before it returns.
  nodeInput.set(left, 1);
  nodeInput.set(right, 33);
  return hash('sha256', nodeInput, 'buffer');
}

/**
 * The root over leaves that come one by one, keeping one hash per level. Joining the rightmost subtrees last gives the
 * same tree as moving an odd node up unchanged, level by level.
 */
export class MerkleRoot {
  private readonly levels: { height: number; hash: Buffer }[] = [];

  add(body: string): void {
    this.addLeaf(leafHash(body));
  }

  addLeaf(leaf: Buffer): void {
    let top = { height: 0, hash: leaf };
    let left = this.levels.at(-1);
    while (left !== undefined && left.height === top.height) {
      top = { height: top.height + 1, hash: nodeHash(left.hash, top.hash) };
      this.levels.pop();
      left = this.levels.at(-1);
    }
    this.levels.push(top);
  }

  /** The root, lowercase hex. The empty tree has none. */
  root(): string {
    const last = this.levels.at(-1);
    if (last === undefined) throw new RangeError('a root needs at least one leaf');
    let right = last.hash;
    for (let level = this.levels.length - 2; level >= 0; level--) {
      right = nodeHash(this.levels[level]!.hash, right);
    }
    return right.toString('hex');
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

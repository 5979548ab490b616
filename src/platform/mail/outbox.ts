/**
 * Letters into a folder, for a machine without an SMTP server: one file `<id>.eml` each, which any mail program opens. A file is
 * whole or not there (written beside, then renamed), nobody else may read it, and the same letter again is the same file.
 */
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOf, type Letter, type Post } from './post.ts';
import { type Part, readLetter } from './read-letter.ts';

export type Kept = {
  id: string;
  subject: string;
  to: string;
  from: string;
  at: Date;
  text: string;
  html: string;
};

export type Outbox = Post & {
  /** The newest `max`, newest first; without their bodies. */
  list(max: number): Promise<Pick<Kept, 'id' | 'subject' | 'to' | 'at'>[]>;
  find(id: string): Promise<Kept | undefined>;
};

/** What stands before the @ of a Message-ID, if it can be the name of a file. */
const idShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A folder somebody filled by other means is not read for ever. */
const listedMax = 10_000;
const fileBytesMax = 1024 * 1024;

export function createOutbox(folder: string): Outbox {
  const fileOf = (id: string) => join(folder, `${id}.eml`);
  const read = async (id: string): Promise<Kept | undefined> => {
    if (!idShape.test(id)) return undefined;
    try {
      if ((await stat(fileOf(id))).size > fileBytesMax) return undefined;
      return kept(id, readLetter(await readFile(fileOf(id))));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  return {
    async send(letter) {
      try {
        await write(folder, fileOf(idOf(letter)), await bytesOf(letter));
        return { status: 'sent' };
      } catch (error) {
        const { code = 'unknown' } = error as NodeJS.ErrnoException;
        return { status: 'refused', lasting: false, cause: `${code} at ${folder}` };
      }
    },
    close: () => undefined,
    async list(max) {
      const names = await readdir(folder).catch(() => []);
      const ids = names
        .flatMap((name) => (name.endsWith('.eml') ? [name.slice(0, -4)] : []))
        .slice(0, listedMax);
      const dated = await Promise.all(
        ids.map(async (id) => ({ id, at: (await stat(fileOf(id)).catch(() => undefined))?.mtimeMs ?? 0 })),
      );
      const newest = dated.sort((one, other) => other.at - one.at).slice(0, max);
      const letters = await Promise.all(newest.map(({ id }) => read(id)));
      return letters.flatMap((letter) => (letter ? [letter] : []));
    },
    find: read,
  };
}

function idOf({ messageId }: Letter): string {
  const id = messageId.split('@')[0] ?? '';
  if (!idShape.test(id)) throw new Error('a letter without an id that can be a file');
  return id;
}

let written = 0;
async function write(folder: string, path: string, bytes: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  written += 1;
  const half = `${path}.${process.pid}.${written}`;
  const file = await open(half, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await unlink(half).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
  await rename(half, path);
}

function kept(id: string, { headers, parts }: { headers: Map<string, string>; parts: Part[] }): Kept {
  const header = (name: string) => headers.get(name) ?? '';
  const body = (type: string) => parts.find((part) => part.type === type)?.text ?? '';
  return {
    id,
    subject: header('subject'),
    to: header('to'),
    from: header('from'),
    at: new Date(header('date')),
    text: body('text/plain'),
    html: body('text/html'),
  };
}

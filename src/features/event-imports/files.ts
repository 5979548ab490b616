/** The files an import reads: one, all of a folder, or what comes in on stdin. None is read beyond its bound. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, Trouble } from '../../platform/trouble.ts';
import { fileBytesMax } from './source.ts';

const filesMax = 10_000;
const foldersDeepMax = 8;
const extensions = /\.(json|jsonld|html?|xhtml)$/i;

/** Paths in the order of their names; throws Trouble for what is not there or too much. */
export async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Trouble(
      `${path} cannot be read (${error.code ?? error.message})`,
      'Check the path.',
      exitCodes.usage,
    );
  });
  if (!found.isDirectory()) return [path];
  const files: string[] = [];
  await collect(path, files, 0);
  if (files.length === 0) {
    throw new Trouble(`${path} has no .json, .jsonld or .html files`, 'Name a file.', exitCodes.usage);
  }
  return files;
}

async function collect(folder: string, files: string[], depth: number): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    // Links are not followed: a folder that contains itself would never end.
    if (entry.isDirectory() && depth < foldersDeepMax) await collect(path, files, depth + 1);
    if (entry.isFile() && extensions.test(entry.name)) files.push(path);
    if (files.length > filesMax) {
      throw new Trouble(`more than ${filesMax} files`, 'Import a folder of fewer files.', exitCodes.usage);
    }
  }
}

/** `too_large` for a file above the bound, of which no more than that is read. */
export async function readFileBounded(path: string): Promise<Uint8Array | 'too_large'> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new Trouble(
      `${path} cannot be read (${error.code ?? error.message})`,
      'Check the file.',
      exitCodes.usage,
    );
  });
  try {
    return await bounded(file.createReadStream({ autoClose: false }));
  } finally {
    await file.close();
  }
}

/** A stream to its end, or to the bound. */
export async function bounded(stream: AsyncIterable<Uint8Array | string>): Promise<Uint8Array | 'too_large'> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += piece.length;
    if (bytes > fileBytesMax) return 'too_large';
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

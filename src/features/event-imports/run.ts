/** Run: an import of any number of files, one after the other, so that memory holds one of them at a time. */
import type { Finding } from '../../domain/event-markup/finding.ts';
import type { ReadOptions } from '../../domain/event-markup/reader.ts';
import type { Imported } from './import.ts';
import { type Ask, completed, needsOf } from './options.ts';
import { type DocumentChecked, readBytes } from './read.ts';
import { fileBytesMax } from './source.ts';

export type File = { name: string; read(): Promise<Uint8Array | 'too_large'> };

export type FileImported = Imported & { file: string };

export type Totals = {
  files: number;
  created: number;
  exists: number;
  published: number;
  errors: number;
  warnings: number /** Could not be published, though there was nothing wrong with them. */;
  failed: number;
};

/** `ask` is there when somebody can be asked; `tell` gets each file's outcome as soon as it is known. */
export async function runImport(given: {
  files: File[];
  options: ReadOptions;
  now: () => number;
  ask?: Ask | undefined;
  make(document: DocumentChecked): Promise<Imported>;
  tell(imported: FileImported): void;
}): Promise<Totals> {
  const totals: Totals = { files: 0, created: 0, exists: 0, published: 0, errors: 0, warnings: 0, failed: 0 };
  for (const file of given.files) {
    const document = await readFile(file, given);
    const imported = await given.make(document);
    totals.files++;
    totals.errors += imported.errors;
    totals.failed += imported.failed;
    totals.warnings += imported.findings.length - imported.errors;
    for (const { state, published } of imported.outcomes) {
      if (state === 'created' || state === 'to_create') totals.created++;
      if (state === 'exists') totals.exists++;
      if (published) totals.published++;
    }
    given.tell({ ...imported, file: file.name });
  }
  return totals;
}

async function readFile(
  file: File,
  { options, now, ask }: { options: ReadOptions; now: () => number; ask?: Ask | undefined },
): Promise<DocumentChecked> {
  const bytes = await file.read();
  if (bytes === 'too_large') return { events: [], findings: [tooLarge] };
  const document = readBytes(bytes, options, now());
  const needs = needsOf(document.events.flatMap((event) => event.findings));
  if (!ask || needs.length === 0) return document;
  return readBytes(bytes, await completed(options, needs, ask), now());
}

const tooLarge: Finding = {
  level: 'error',
  script: 0,
  pointer: '',
  text: `the file has more than ${fileBytesMax / 1024 / 1024} MB`,
};

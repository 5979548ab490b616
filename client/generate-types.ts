/**
 * `npm run client:types`: makes generated/api.ts of the OpenAPI document that `holdfast openapi` prints, for the operations that
 * the client calls. Headers are left out: the client reads the few it needs by name.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

/** The tags of a fan's side. */
const tags = ['sessions', 'events', 'holds', 'orders', 'tickets'];

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
export const target = here('generated/api.ts');

type Operation = { tags: string[]; responses: Record<string, { headers?: object }> };
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; headers?: object };
};

/** The text of the file. */
export async function generate(): Promise<string> {
  const printed = execFileSync(process.execPath, [here('../bin/holdfast.js'), 'openapi'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  const types = await openapiTS(JSON.stringify(reduced(JSON.parse(printed) as Document)));
  return `// Made by \`npm run client:types\` of the OpenAPI document. Do not edit.\n\n${astToString(types)}`;
}

function reduced(document: Document): Document {
  const paths: Document['paths'] = {};
  for (const [path, operations] of Object.entries(document.paths)) {
    const kept = Object.entries(operations).filter(([, one]) => tags.some((tag) => one.tags.includes(tag)));
    for (const [, { responses }] of kept) for (const one of Object.values(responses)) delete one.headers;
    if (kept.length > 0) paths[path] = Object.fromEntries(kept);
  }
  const { headers: _, schemas, ...rest } = document.components;
  const names = reachable(paths, schemas);
  const few = Object.fromEntries(Object.entries(schemas).filter(([name]) => names.has(name)));
  return { ...document, paths, components: { ...rest, schemas: few } };
}

/** Schemas that the paths refer to, and those that these refer to. */
function reachable(paths: object, schemas: Record<string, object>): Set<string> {
  const names = new Set<string>();
  const look = (value: object | undefined) => {
    for (const [, name = ''] of JSON.stringify(value ?? {}).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (names.has(name)) continue;
      names.add(name);
      look(schemas[name]);
    }
  };
  look(paths);
  return names;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await generate());

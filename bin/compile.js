/**
 * The TypeScript sources as a few files of plain JavaScript below node_modules/.cache. They are made of the sources as they are
 * now, at the first start after a change: half a second, where compiling file by file cost two at every start.
 */
import { hash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Packages of many files that find nothing beside themselves: one file of them all is read in a fraction of the time. */
const joined = new Set([
  '@hono/node-server',
  'ajv',
  'ajv-formats',
  'cockatiel',
  'commander',
  'hono',
  'htmlparser2',
  'ioredis',
  'jose',
  'kysely',
  'marked',
  'nodemailer',
  'prom-client',
  'rate-limiter-flexible',
  'stripe',
  'ws',
  'zod',
]);

/** For how long a process may still read what was made of older sources: it reads the last of it while it starts. */
const keptMs = 86_400_000;

/**
 * `entry`: a TypeScript file, from the root. `folders`: where it and all it imports are. Resolves to the address of the file
 * to import, or to undefined where nothing can be written, as in an installation that belongs to somebody else.
 */
export async function compiled(entry, folders, cache = join(root, 'node_modules', '.cache', 'holdfast')) {
  const made = join(cache, versionOf(entry, folders));
  if (!existsSync(made) && !(await make(entry, cache, made))) return undefined;
  return pathToFileURL(join(made, 'entry.js')).href;
}

/** Of everything that decides what is made. The root too: the files name the sources by their addresses. */
function versionOf(entry, folders) {
  const sources = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true })
        .filter((name) => isSource(name))
        .sort()
        .map((name) => join(root, folder, name)),
    );
  const others = ['package.json', join('node_modules', '.package-lock.json')].map((name) => join(root, name));
  const parts = [root, entry, process.versions.node];
  for (const path of [fileURLToPath(import.meta.url), ...others, ...sources]) {
    if (existsSync(path)) parts.push(path, readFileSync(path, 'utf8'));
  }
  return hash('sha256', parts.join('\0'), 'hex').slice(0, 32);
}

function isSource(name) {
  return name.endsWith('.ts') && !name.endsWith('.test.ts');
}

/** Whether it was made. Whoever makes the same at the same time makes the same. */
async function make(entry, cache, made) {
  let folder;
  try {
    mkdirSync(cache, { recursive: true });
    removeOld(cache);
    folder = mkdtempSync(join(cache, 'making-'));
  } catch {
    return false;
  }
  try {
    const { build } = await import('esbuild');
    await build(optionsOf(entry, folder));
    // It holds what everybody may read in src, and an image is built by another user than it runs as.
    chmodSync(folder, 0o755);
    renameSync(folder, made);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (!existsSync(made)) throw error;
  }
  return true;
}

function optionsOf(entry, outdir) {
  const { dependencies, devDependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const apart = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !joined.has(name));
  return {
    absWorkingDir: root,
    entryPoints: { entry },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: apart.flatMap((name) => [name, `${name}/*`]),
    sourcemap: true,
    sourcesContent: false,
    // What CommonJS packages call.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    plugins: [{ name: 'sources', setup }],
    // What is wrong is thrown.
    logLevel: 'silent',
  };
}

/** Files find what lies beside them by their own address, which stays that of the source. */
function setup(builder) {
  const filter = /\.ts$/;
  builder.onLoad({ filter }, ({ path }) => {
    if (!isSource(path)) return { contents: '' };
    const contents = readFileSync(path, 'utf8');
    return {
      contents: contents.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    };
  });
  // The sandbox is not in the image.
  builder.onResolve({ filter: /\/sandbox\/.*\.ts$/ }, ({ path, resolveDir }) =>
    existsSync(join(resolveDir, path)) ? undefined : { path, external: true },
  );
}

function removeOld(cache) {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changed > keptMs) rmSync(path, { recursive: true, force: true });
  }
}

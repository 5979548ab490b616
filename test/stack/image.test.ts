/**
 * The Dockerfile, checked without an engine: its rules, each also seen to fail, and what it would put into the image run as
 * Compose would run it, in a folder of its own.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, freePort } from '../support/holdfast.ts';
import { startTestPostgres, startTestRedis, type TestPostgres, type TestRedis } from '../support/servers.ts';
import { importsOf, projectFiles, read, root } from '../support/sources.ts';
import { imageFiles, imageFindings, type Project } from './dockerfile-rules.ts';
import { startProgram } from './program.ts';

const manifest = JSON.parse(read('package.json')) as {
  engines: { node: string };
  dependencies: Record<string, string>;
};
const project: Project = {
  dockerfile: read('Dockerfile'),
  dockerignore: read('.dockerignore'),
  files: projectFiles(),
  nodeFrom: Number(/\d+/.exec(manifest.engines.node)?.[0]),
  port: '8080',
};

test('the image has no findings', () => {
  expect(imageFindings(project)).toEqual([]);
});

const node = 'node:24.11.0-bookworm-slim';
const damages: [file: 'dockerfile' | 'dockerignore', from: string, to: string, finding: string][] = [
  ['dockerfile', `${node} AS runtime`, 'node:latest AS runtime', 'node:latest is not a Node pinned'],
  [
    'dockerfile',
    `${node} AS runtime`,
    'node:18.20.4-bookworm-slim AS runtime',
    'Node 18 is not a current one',
  ],
  ['dockerfile', `${node} AS runtime`, 'node:22.14.0-bookworm-slim AS runtime', 'do not share one image'],
  ['dockerfile', 'USER node', 'USER root', 'it runs as root'],
  ['dockerfile', 'USER node\n', '', 'it runs as root'],
  ['dockerfile', 'EXPOSE 8080', 'RUN npm rebuild\nEXPOSE 8080', 'written after the user is set'],
  ['dockerfile', 'STOPSIGNAL SIGTERM', 'STOPSIGNAL SIGINT', 'not stopped by SIGTERM'],
  ['dockerfile', 'CMD ["node", "bin/health.js"', 'CMD ["curl", "bin/health.js"', 'not asked by Node'],
  ['dockerfile', 'ENTRYPOINT ["node", "bin/holdfast.js"]', 'ENTRYPOINT npm start', 'process 1 is not Node'],
  ['dockerfile', 'EXPOSE 8080', 'EXPOSE 80', 'it does not expose 8080'],
  ['dockerfile', 'PORT=8080', 'PORT=80', 'it does not listen on 8080'],
  ['dockerfile', 'COPY src ./src', 'COPY source ./src', 'copies source, which is not there'],
  ['dockerfile', '--from=dependencies', '--from=builder', 'there is no stage builder'],
  ['dockerignore', '!src\n', '', 'copies src, which .dockerignore leaves out'],
  ['dockerignore', '!package-lock.json\n', '', 'copies package-lock.json, which .dockerignore leaves out'],
];

test.each(damages)('%s: %j made %j is found', (file, from, to, finding) => {
  expect(project[file]).toContain(from);
  const found = imageFindings({ ...project, [file]: project[file].replace(from, to) });
  expect(found.filter((each) => each.includes(finding))).not.toEqual([]);
});

/** Its own stand-ins: Redis and Postgres of `dev` are not in the image either. */
const ofDevAlone = 'src/app/sandbox.ts';

test('no secret and no test is in the image, and what it imports is a dependency', () => {
  const files = imageFiles({
    ...project,
    files: [...project.files, 'src/.env', '.env', 'secrets/admin_key'],
  });
  expect(files.filter((path) => /^(secrets|test|\.env)|\.test\.ts$/.test(path))).toEqual([]);
  const missing = files
    .filter((path) => path.endsWith('.ts') && path.startsWith('src/') && path !== ofDevAlone)
    .flatMap((path) => importsOf(path).filter(({ typeOnly }) => !typeOnly))
    .map(({ target }) => /^(?:@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? '')
    .filter((name) => name !== 'src' && !name.startsWith('node:') && !(name in manifest.dependencies));
  expect([...new Set(missing)]).toEqual([]);
});

test('the sandbox is not in the image, and only dev, which is not for it either, would load it', () => {
  expect(imageFiles(project).filter((path) => path.startsWith('sandbox/'))).toEqual([]);
  expect(importsOf(ofDevAlone).some(({ target }) => target.startsWith('sandbox/'))).toBe(true);
  const loaders = project.files
    .filter((path) => /^src\/.*\.ts$/.test(path) && !path.endsWith('.test.ts'))
    .filter((path) => importsOf(path).some(({ target }) => target === ofDevAlone));
  expect(loaders).toEqual(['src/cli/dev.ts']);
});

test('every file that the program reads from beside its sources is in the image', () => {
  const files = imageFiles(project);
  const read = files
    .filter((path) => path.endsWith('.ts') || path.endsWith('.js'))
    .flatMap((path) =>
      [
        ...readFileSync(join(root, path), 'utf8').matchAll(/new URL\(\s*'(\.[^']+)',\s*import\.meta\.url/g),
      ].map(([, target = '']) => relative(root, resolve(root, dirname(path), target))),
    );
  expect(read.length).toBeGreaterThan(2);
  const missing = read.filter((path) => !files.some((file) => file === path || file.startsWith(`${path}/`)));
  expect(missing.filter((path) => path !== '')).toEqual([]);
});

let dir: string;
let redis: TestRedis;
let postgres: TestPostgres;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-image-'));
  for (const path of imageFiles(project)) {
    mkdirSync(dirname(join(dir, 'app', path)), { recursive: true });
    cpSync(join(root, path), join(dir, 'app', path));
  }
  symlinkSync(join(root, 'node_modules'), join(dir, 'app', 'node_modules'));
  redis = await startTestRedis({ appendonly: true });
  postgres = await startTestPostgres({ durable: true });
});

afterAll(async () => {
  await redis?.stop();
  await postgres?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('migrate, server and worker run from what is in the image, and their health checks tell', async () => {
  const databaseUrl = await postgres.createDatabase('holdfast');
  const secret = (name: string, text: string) => {
    writeFileSync(join(dir, name), `${text}\n`);
    return { [`${name}_FILE`]: join(dir, name) };
  };
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    ...secret('REDIS_URL', redis.url),
    ...secret('DATABASE_URL', databaseUrl),
    ...secret('SESSION_KEYS', 's'.repeat(43)),
    ...secret('ADMIN_KEY', 'a'.repeat(43)),
    ...secret('PSEUDONYM_KEY', 'p'.repeat(43)),
  };
  const app = join(dir, 'app');
  const run = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: app, env });
  const health = (role: string) =>
    run('bin/health.js', role).then(
      () => true,
      () => false,
    );

  expect(await health('server')).toBe(false);
  expect((await run('bin/holdfast.js', 'migrate', 'up')).stdout).toContain('schema version 0 ->');
  expect(await health('worker')).toBe(false);
  const worker = startProgram(process.execPath, ['bin/holdfast.js', 'worker'], { cwd: app, env });
  const server = startProgram(process.execPath, ['bin/holdfast.js', 'serve'], { cwd: app, env });
  try {
    await eventually('the worker is healthy', () => health('worker'), 60_000);
    await eventually('the server is healthy', () => health('server'), 60_000);
    for (const page of ['/docs', '/problems', '/openapi.json', '/metrics', '/v1/events']) {
      const { status } = await fetch(`http://127.0.0.1:${env.PORT}${page}`);
      expect([page, status]).toEqual([page, 200]);
    }
    // As `docker stop` does.
    expect(await server.stop('SIGTERM')).toBe(0);
    expect(await health('server')).toBe(false);
    expect(await worker.stop('SIGTERM')).toBe(0);
  } finally {
    await server.stop('SIGKILL');
    await worker.stop('SIGKILL');
  }
}, 180_000);

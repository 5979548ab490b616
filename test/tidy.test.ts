/** The rules of the house, enforced: each failure names the file and says what to do instead. */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { refusalCodes } from '../src/domain/refusals.ts';
import { settingNames } from '../src/platform/config.ts';
import { importsOf, nodesOf, parse, projectFiles, read, root } from './support/sources.ts';

const files = projectFiles();
const code = files.filter((path) => /\.(ts|js)$/.test(path));
const sources = code.filter((path) => path.startsWith('src/'));

/** Who may import whom, besides their own folder. What is missing here is a layer that somebody has to place first. */
const mayImport: Record<string, string[]> = {
  main: ['cli', 'platform'],
  cli: ['app', 'features', 'persistence', 'domain', 'platform'],
  app: [
    'server',
    'realtime',
    'workers',
    'web',
    'features',
    'inventory',
    'persistence',
    'payments',
    'domain',
    'platform',
  ],
  server: ['features', 'domain', 'platform'],
  realtime: ['features', 'domain', 'platform', 'inventory/feed.ts'],
  // The loops look at the streams and the due holds themselves, before there is anything to call a verb for.
  workers: [
    'features',
    'domain',
    'platform',
    'inventory/journal.ts',
    'inventory/keys.ts',
    'inventory/due.ts',
  ],
  web: ['features', 'domain', 'platform'],
  features: ['inventory', 'persistence', 'payments', 'domain', 'platform'],
  inventory: ['domain', 'platform'],
  persistence: ['domain', 'platform'],
  payments: ['domain', 'platform'],
  platform: [],
  domain: [],
};

/** Whose types an edge may name beside that: what a feature verb hands it is in the words of the stores' contracts. */
const mayName: Record<string, string[]> = {
  server: ['inventory', 'persistence', 'payments'],
  workers: ['inventory', 'persistence'],
};

const instead: Record<string, string> = {
  server: 'call a feature verb instead',
  realtime: 'call a feature verb instead, or read inventory/feed.ts',
  workers: 'call a feature verb instead',
  web: 'call a feature verb instead',
  inventory: 'let a feature verb bring the two together',
  persistence: 'let a feature verb bring the two together',
  payments: 'let a feature verb bring the two together',
  features: 'take it from ctx, and let src/app.ts put it there',
  cli: 'let src/app.ts build it',
  main: 'make it a command in src/cli',
  platform: 'move what is about tickets out of platform',
  domain: 'domain is pure: pass the value in',
};

function layerOf(path: string): string {
  return path.split('/')[1]?.replace(/\.ts$/, '') ?? '';
}

test('imports go down: main, cli, app, edges, features, stores, domain; siblings never meet', () => {
  const broken = sources.flatMap((path) => {
    const layer = layerOf(path);
    const allowed = mayImport[layer];
    if (!allowed) return [`${path}: no rule for the folder ${layer}; add it to test/tidy.test.ts`];
    // A test of a layer may use what tests use.
    if (path.endsWith('.test.ts')) return [];
    return importsOf(path)
      .filter(({ target }) => /^(src|test|bench)\//.test(target))
      .filter(({ target, typeOnly }) => {
        const other = layerOf(target);
        if (!target.startsWith('src/')) return true;
        if (typeOnly && mayName[layer]?.includes(other)) return false;
        return other !== layer && !allowed.includes(other) && !allowed.includes(target.slice('src/'.length));
      })
      .map(({ target }) => `${path} imports ${target}: ${instead[layer]}`);
  });
  expect(broken).toEqual([]);
});

test('domain is pure: it imports no I/O, and takes clock and randomness as arguments', () => {
  const pure = new Set(['node:crypto']);
  const broken = sources
    .filter((path) => path.startsWith('src/domain/') && !path.endsWith('.test.ts'))
    .flatMap((path) => [
      ...importsOf(path)
        .filter(({ target }) => !target.startsWith('src/domain/') && !pure.has(target))
        .map(({ target }) => `${path} imports ${target}: pass the value in`),
      ...(/\b(Date\.now|new Date\(\)|Math\.random|randomUUID|randomBytes|performance\.)/.test(read(path))
        ? [`${path} reads a clock or makes a random value: pass it in`]
        : []),
    ]);
  expect(broken).toEqual([]);
});

test('the client stands alone: it imports itself, nothing of the server and nothing of Node', () => {
  // Made and tested by whatever tools and tests use.
  const own = code.filter(
    (path) => path.startsWith('client/') && !/\.test\.ts$|^client\/generate-types\.ts$/.test(path),
  );
  const broken = own.flatMap((path) =>
    importsOf(path)
      .filter(({ target }) => !target.startsWith('client/'))
      .map(({ target }) => `${path} imports ${target}: a browser has only what is in client/`),
  );
  const outside = sources.flatMap((path) =>
    importsOf(path)
      .filter(({ target }) => target.startsWith('client/') && layerOf(path) !== 'web')
      .map(({ target }) => `${path} imports ${target}: the server does not need its client`),
  );
  expect([...broken, ...outside]).toEqual([]);
  expect(own.length).toBeGreaterThan(10);
});

test('the sandbox stands alone: it imports itself, Node and the types of what it stands in for', () => {
  const own = code.filter((path) => path.startsWith('sandbox/') && !/\.test\.ts$|\/test\//.test(path));
  const broken = own.flatMap((path) =>
    importsOf(path)
      .filter(
        ({ target, typeOnly }) => !/^(sandbox\/|node:)/.test(target) && !(target === 'stripe' && typeOnly),
      )
      .map(
        ({ target }) => `${path} imports ${target}: a copy of our own ideas would agree with our mistakes`,
      ),
  );
  // Only what starts it may know it; to all others it is Stripe.
  const outside = sources.flatMap((path) =>
    importsOf(path)
      .filter(({ target }) => target.startsWith('sandbox/') && layerOf(path) !== 'app')
      .filter(() => !path.endsWith('.test.ts'))
      .map(({ target }) => `${path} imports ${target}: let src/app.ts start it, and talk to it by HTTP`),
  );
  expect([...broken, ...outside]).toEqual([]);
  expect(own.length).toBeGreaterThan(10);
});

test('no any, in any file', () => {
  const broken = code.flatMap((path) => {
    const file = parse(path);
    return nodesOf(file)
      .filter((node) => node.kind === ts.SyntaxKind.AnyKeyword)
      .map((node) => {
        const { line } = file.getLineAndCharacterOfPosition(node.end);
        return `${path}:${line + 1} says any: say what it is, or unknown and look`;
      });
  });
  expect(broken).toEqual([]);
}, 120_000);

test('no file is longer than 350 lines', () => {
  const counted = files.filter(
    (path) => /\.(ts|js|lua|sql|sh)$/.test(path) && !/\/schema\.sql$|^client\/generated\//.test(path),
  );
  const broken = counted
    .map((path) => ({ path, lines: read(path).split('\n').length - 1 }))
    .filter(({ lines }) => lines > 350)
    .map(({ path, lines }) => `${path} has ${lines} lines: split it by noun and verb`);
  expect(broken).toEqual([]);
});

test('only src/main.ts reads the environment', () => {
  const broken = sources
    .filter((path) => path !== 'src/main.ts' && !path.endsWith('.test.ts'))
    .filter((path) => {
      const file = parse(path);
      return nodesOf(file).some(
        (node) => ts.isPropertyAccessExpression(node) && node.getText(file) === 'process.env',
      );
    })
    .map((path) => `${path} reads process.env: take it from Config, which src/platform/config.ts checks`);
  expect(broken).toEqual([]);
}, 120_000);

test('every test runs and asserts', () => {
  const tests = files.filter((path) => path.endsWith('.test.ts'));
  const broken = tests.flatMap((path) => {
    const text = read(path);
    const found: string[] = [];
    if (/\b(test|it|describe)\.(skip|only|todo|fails|skipIf|runIf)\b/.test(text)) {
      found.push(`${path} leaves tests out: run them all, or remove them`);
    }
    // A suite of rows or a contract may do it on the file's behalf.
    const helpers = importsOf(path).filter(({ target }) => /^(src|test)\/.*\.ts$/.test(target));
    const texts = [text, ...helpers.map(({ target }) => read(target))];
    if (!texts.some((each) => /\bexpect\(|\bassert\b/.test(each))) found.push(`${path} asserts nothing`);
    return found;
  });
  expect(broken).toEqual([]);
});

test('every silenced rule has its reason', () => {
  const silencer = new RegExp(
    `${'@ts-'}(ignore|nocheck|expect-error)|${'biome-'}ignore(?! [\\w/]+: \\S)|${'eslint-'}disable`,
  );
  const broken = code
    .filter((path) => silencer.test(read(path)))
    .map((path) => `${path} silences a rule without saying why`);
  expect(broken).toEqual([]);
});

test('every refusal has a heading in docs/problems.md, in the order of precedence', () => {
  const headings = [...read('docs/problems.md').matchAll(/^#+ `?([a-z_]+)`?\s*$/gm)].map(([, name]) => name);
  const missing = refusalCodes.filter((name) => !headings.includes(name));
  expect(missing).toEqual([]);
});

test('every setting is in docs/configuration.md', () => {
  const text = read('docs/configuration.md');
  expect(settingNames.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test('nothing of one machine or one workplace is written down', () => {
  // Put together here, so that this file does not contain what it looks for.
  const forbidden = [
    new RegExp(`(?<![\\w.$}-])/(${['work', 'home/[a-z]+', 'Users/[A-Za-z]+'].join('|')})/[\\w.]`),
    new RegExp(`(?<![\\w.$}-])/${'tmp'}/[\\w.]`),
    new RegExp(['registry', '(npmjs|yarnpkg)'].join('\\.'), 'i'),
    new RegExp(`${'npm'}\\.pkg\\.|${'arti'}factory`, 'i'),
    new RegExp(`\\b(${['Claude', 'Anthropic', 'ChatGPT', 'Copilot', 'OpenAI'].join('|')})\\b`, 'i'),
  ];
  const broken = files
    .filter((path) => !/\.(png|jpg|ico|woff2)$/.test(path) && path !== 'test/tidy.test.ts')
    .flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, index) => {
          const hit = forbidden
            .map((pattern) => pattern.exec(line)?.[0])
            .find((found) => found !== undefined);
          return hit === undefined ? [] : [`${path}:${index + 1} says ${hit}: say it without the machine`];
        }),
    );
  expect(broken).toEqual([]);
});

test('no empty rooms: every folder has files, and every file has something in it', () => {
  const inhabited = new Set<string>(['.']);
  for (const path of files) for (let dir = dirname(path); dir !== '.'; dir = dirname(dir)) inhabited.add(dir);
  const empty: string[] = [];
  const walk = (dir: string) => {
    for (const entry of readdirSync(join(root, dir), { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name === 'node_modules') continue;
      const path = `${dir}/${entry.name}`;
      if (inhabited.has(path)) walk(path);
      else if (!readdirSync(join(root, path)).length) empty.push(`${path} is empty: remove it`);
    }
  };
  for (const dir of ['src', 'client', 'sandbox', 'test', 'docs']) walk(dir);
  const hollow = files
    .filter((path) => statSync(join(root, path)).size === 0)
    .map((path) => `${path} is empty`);
  expect([...empty, ...hollow]).toEqual([]);
});

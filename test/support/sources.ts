/** The project's own files, for tests about the sources themselves. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Paths from the root of every file that is, or is about to be, in the repository. */
export function projectFiles(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return listed.split('\0').filter((path) => path !== '' && exists(path));
}

function exists(path: string): boolean {
  try {
    readFileSync(join(root, path));
    return true;
  } catch {
    return false;
  }
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

const parsed = new Map<string, ts.SourceFile>();

export function parse(path: string): ts.SourceFile {
  const known = parsed.get(path);
  if (known) return known;
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, false);
  parsed.set(path, file);
  return file;
}

/** Every node of a file, the file first. */
export function nodesOf(file: ts.SourceFile): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return nodes;
}

/** `target`: a path from the root when the name is relative, else the name. `typeOnly`: nothing of it is there at run time. */
export type Import = { target: string; typeOnly: boolean };

/** What a file imports, statically or dynamically. */
export function importsOf(path: string): Import[] {
  const found: Import[] = [];
  const from = dirname(join(root, path));
  const add = (name: ts.Node | undefined, typeOnly: boolean) => {
    if (!name || !ts.isStringLiteral(name)) return;
    const target = name.text.startsWith('.') ? relative(root, resolve(from, name.text)) : name.text;
    found.push({ target, typeOnly });
  };
  for (const node of nodesOf(parse(path))) {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
  }
  return found;
}

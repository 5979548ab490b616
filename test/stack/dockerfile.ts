/** A Dockerfile and a .dockerignore as data, as far as ours use them. */

export type Instruction = { name: string; text: string };
export type Stage = { image: string; name: string; instructions: Instruction[] };

/** Throws what it does not understand. */
export function parseDockerfile(text: string): Stage[] {
  const lines = text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const stages: Stage[] = [];
  for (const line of lines) {
    const [, name, words = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`not an instruction: ${line}`);
    if (name === 'FROM') {
      const [, image = '', stage = ''] = /^(\S+)(?: AS (\S+))?$/.exec(words) ?? [];
      stages.push({ image, name: stage, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`${name} stands before the first FROM`);
      stage.instructions.push({ name, text: words });
    }
  }
  return stages;
}

export type Copy = { from: string | undefined; sources: string[]; target: string };

export function copiesOf(stage: Stage): Copy[] {
  return stage.instructions
    .filter(({ name }) => name === 'COPY')
    .map(({ text }) => {
      const words = text.split(/\s+/);
      const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
      const paths = words.filter((word) => !word.startsWith('--'));
      return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
    });
}

/** Whether a path of the build context is left out: the last pattern that matches it or a folder above it decides. */
export function ignorer(text: string): (path: string) => boolean {
  const patterns = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), shape: shapeOf(line.replace(/^!/, '')) }));
  return (path) => {
    const parts = path.split('/');
    const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    let ignored = false;
    for (const { keeps, shape } of patterns) if (above.some((one) => shape.test(one))) ignored = !keeps;
    return ignored;
  };
}

function shapeOf(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^$(){}|[\]\\]/g, '\\$&');
  const source = escaped
    .replaceAll('**/', '\u0001')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\u0001', '(?:.*/)?');
  return new RegExp(`^${source}$`);
}

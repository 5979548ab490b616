/** What must hold of the Dockerfile and .dockerignore. No finding is an image that can be built and runs as we want it. */
import { copiesOf, ignorer, parseDockerfile, type Stage } from './dockerfile.ts';

export type Project = {
  dockerfile: string;
  dockerignore: string;
  /** Paths of every file of the project. */
  files: readonly string[];
  /** The oldest Node that package.json allows. */
  nodeFrom: number;
  /** The port that docker-compose.yml publishes. */
  port: string;
};

export function imageFindings(project: Project): string[] {
  const stages = parseDockerfile(project.dockerfile);
  const last = stages.at(-1);
  if (last === undefined || stages.length < 2)
    return ['there are no two stages: what builds would be shipped'];
  return [
    ...stages.flatMap((stage) => baseFindings(stage, project.nodeFrom)),
    ...(new Set(stages.map(({ image }) => image)).size === 1 ? [] : ['the stages do not share one image']),
    ...runtimeFindings(last, project.port),
    ...stages.flatMap((stage) => copyFindings(stage, stages, project)),
  ];
}

function baseFindings({ image }: Stage, nodeFrom: number): string[] {
  const [, major] = /^node:(\d+)\.\d+\.\d+-[a-z-]+$/.exec(image) ?? [];
  if (major === undefined) return [`${image} is not a Node pinned to a version`];
  // Even majors are the ones that are kept for years.
  return Number(major) >= nodeFrom && Number(major) % 2 === 0 ? [] : [`Node ${major} is not a current one`];
}

function runtimeFindings(stage: Stage, port: string): string[] {
  const all = (name: string) =>
    stage.instructions.filter((each) => each.name === name).map(({ text }) => text);
  const [user, ...users] = all('USER');
  const health = all('HEALTHCHECK')[0] ?? '';
  const order = stage.instructions.map(({ name }) => name);
  return [
    ...(user === undefined || /^(root|0)\b/.test(user) || users.length > 0 ? ['it runs as root'] : []),
    ...(Math.max(order.lastIndexOf('COPY'), order.lastIndexOf('RUN')) > order.indexOf('USER')
      ? ['something is written after the user is set']
      : []),
    ...(all('STOPSIGNAL').join() === 'SIGTERM' ? [] : ['it is not stopped by SIGTERM']),
    ...(/CMD \["node", "bin\/health\.js"/.test(health) ? [] : ['its health is not asked by Node']),
    ...(/^\["node", "bin\/holdfast\.js"\]$/.test(all('ENTRYPOINT').join()) ? [] : ['process 1 is not Node']),
    ...(all('EXPOSE').join() === port ? [] : [`it does not expose ${port}`]),
    ...(all('ENV').some((text) => text.includes(`PORT=${port}`)) ? [] : [`it does not listen on ${port}`]),
  ];
}

function copyFindings(stage: Stage, stages: Stage[], { dockerignore, files }: Project): string[] {
  const ignored = ignorer(dockerignore);
  return copiesOf(stage).flatMap(({ from, sources }) => {
    if (from !== undefined)
      return stages.some(({ name }) => name === from) ? [] : [`there is no stage ${from}`];
    return sources.flatMap((source) => {
      const found = filesOf(files, source);
      if (found.length === 0) return [`copies ${source}, which is not there`];
      return found.some((path) => !ignored(path)) ? [] : [`copies ${source}, which .dockerignore leaves out`];
    });
  });
}

function filesOf(files: readonly string[], source: string): string[] {
  const path = source.replace(/^\.\//, '');
  return files.filter((file) => file === path || file.startsWith(`${path}/`));
}

/** Files of the project that are in the image, each with its path below the working folder. */
export function imageFiles({ dockerfile, dockerignore, files }: Project): string[] {
  const ignored = ignorer(dockerignore);
  const last = parseDockerfile(dockerfile).at(-1);
  const copies = last === undefined ? [] : copiesOf(last).filter(({ from }) => from === undefined);
  return copies.flatMap(({ sources }) =>
    sources.flatMap((source) => filesOf(files, source)).filter((path) => !ignored(path)),
  );
}

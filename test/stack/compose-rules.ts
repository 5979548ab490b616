/**
 * What must hold of docker-compose.yml for the stack to come up, checked without an engine. Each rule answers with
 * findings; none is a whole stack.
 */
import type { Compose, Service } from './compose.ts';

/** What the rules compare with, gathered from the project by whoever asks. */
export type Facts = {
  version: string;
  /** Settings of the configuration schema. */
  settings: readonly string[];
  /** What each command of `holdfast` says it lacks when nothing is set. */
  needs: Record<string, readonly string[]>;
  /** Environment variables that the load tests read. */
  loadVariables: readonly string[];
  /** Secrets that bin/secrets.js makes. */
  secretsMade: readonly string[];
  exists(path: string): boolean;
};

type Rule = (stack: Compose, facts: Facts) => string[];

/** The port each image listens on, and the environment it is known to read. `server` is told its port. */
const images: Record<string, { port?: number; variables: RegExp }> = {
  redis: { variables: /^$/ },
  postgres: { variables: /^POSTGRES_(USER|DB|PASSWORD_FILE)$/ },
  prometheus: { port: 9090, variables: /^$/ },
  alertmanager: { port: 9093, variables: /^$/ },
  grafana: { port: 3000, variables: /^GF_(SECURITY|USERS|DASHBOARDS)_[A-Z_]+$/ },
};

const isOurs = ({ image }: Service) => image.startsWith('holdfast:');
const runsOnce = ({ healthcheck }: Service) => healthcheck !== undefined && 'disable' in healthcheck;
const each = (stack: Compose, look: (name: string, service: Service) => string[]): string[] =>
  Object.entries(stack.services).flatMap(([name, service]) =>
    look(name, service).map((finding) => `${name}: ${finding}`),
  );

const imagesArePinned: Rule = (stack, { version }) =>
  each(stack, (_, { image, build }) => {
    const [, tag = ''] = /:([^:/]+)$/.exec(image) ?? [];
    if (build !== undefined)
      return tag === version ? [] : [`the tag of ${image} is not the version ${version}`];
    return /^v?\d+\.\d+\.?\d*(-[a-z]+)?$/.test(tag) ? [] : [`the image ${image} is not pinned to a version`];
  });

const portsAreRight: Rule = (stack) => {
  const taken = new Map<string, string>();
  return each(stack, (name, { ports, environment }) =>
    ports.flatMap((text) => {
      const [, address, host = '', inside] = /^(?:([\d.]+):)?(\d+):(\d+)$/.exec(text) ?? [];
      const own = environment['PORT'] ?? images[name]?.port?.toString();
      const other = taken.get(host);
      taken.set(host, name);
      return [
        ...(inside === own ? [] : [`publishes ${inside}, and it listens on ${own}`]),
        ...(other === undefined ? [] : [`the host's port ${host} is taken by ${other}`]),
        ...(name === 'server' || address === '127.0.0.1' ? [] : [`port ${host} is open to everybody`]),
      ];
    }),
  );
};

const healthIsLookedAt: Rule = (stack, { exists }) =>
  each(stack, (name, { healthcheck, environment }) => {
    if (healthcheck === undefined) return ['has no health check'];
    if ('disable' in healthcheck)
      return name === 'migrate' || name === 'k6' ? [] : ['its health is not looked at'];
    const words = healthcheck.test.join(' ');
    const own = environment['PORT'] ?? images[name]?.port?.toString();
    const [, asked] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(words) ?? [];
    const script = /\bbin\/\S+/.exec(words)?.[0];
    return [
      ...(asked === undefined || asked === own ? [] : [`its health is asked on port ${asked}, not ${own}`]),
      ...(script === undefined || exists(script)
        ? []
        : [`its health check runs ${script}, which is not there`]),
      ...(/^CMD(-SHELL)?$/.test(healthcheck.test[0] ?? '')
        ? []
        : ['its health check does not begin with CMD']),
    ];
  });

const dependenciesHold: Rule = (stack) =>
  each(stack, (name, { depends_on, profiles }) =>
    Object.entries(depends_on).flatMap(([target, { condition }]) => {
      const other = stack.services[target];
      if (other === undefined) return [`depends on ${target}, which is not there`];
      const wrong: string[] = [];
      if (condition === 'service_healthy' && runsOnce(other)) wrong.push(`waits for the health of ${target}`);
      if (condition === 'service_completed_successfully' && !runsOnce(other))
        wrong.push(`waits for the end of ${target}, which runs on`);
      if (condition === 'service_started') wrong.push(`does not wait until ${target} can be used`);
      if (other.profiles.some((profile) => !profiles.includes(profile)))
        wrong.push(`depends on ${target}, which its profile does not start`);
      if (reaches(stack, target, name)) wrong.push(`and ${target} wait for each other`);
      return wrong;
    }),
  );

function reaches(stack: Compose, from: string, to: string, seen = new Set<string>()): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  const next = Object.keys(stack.services[from]?.depends_on ?? {});
  return next.some((target) => reaches(stack, target, to, seen));
}

const storesAreWaitedFor: Rule = (stack) =>
  each(stack, (name, service) => {
    if (!isOurs(service)) return [];
    const wanted =
      name === 'migrate'
        ? { postgres: 'service_healthy' }
        : {
            redis: 'service_healthy',
            postgres: 'service_healthy',
            migrate: 'service_completed_successfully',
          };
    return Object.entries(wanted)
      .filter(([target, condition]) => service.depends_on[target]?.condition !== condition)
      .map(([target, condition]) => `does not wait for ${target} (${condition})`);
  });

const volumesExist: Rule = (stack, { exists }) => {
  const used = new Set<string>();
  const findings = each(stack, (_, { volumes }) =>
    volumes.flatMap((text) => {
      const [source = '', target = '', mode] = text.split(':');
      if (!target.startsWith('/')) return [`the volume ${text} has no place inside`];
      if (source.startsWith('./')) {
        return [
          ...(exists(source.slice(2)) ? [] : [`mounts ${source}, which is not there`]),
          ...(mode === 'ro' ? [] : [`may write ${source}`]),
        ];
      }
      used.add(source);
      return source in stack.volumes ? [] : [`the volume ${source} is not declared`];
    }),
  );
  const unused = Object.keys(stack.volumes).filter((name) => !used.has(name));
  return [...findings, ...unused.map((name) => `the volume ${name} is used by nobody`)];
};

const secretsExist: Rule = (stack, { secretsMade }) => {
  const used = new Set(Object.values(stack.services).flatMap(({ secrets }) => secrets));
  const declared = Object.entries(stack.secrets);
  return [
    ...each(stack, (_, { secrets, environment, command, healthcheck }) => {
      const words = JSON.stringify([environment, command, healthcheck]);
      const read = [...words.matchAll(/\/run\/secrets\/(\w+)/g)].map(([, name = '']) => name);
      return [
        ...read
          .filter((name) => !secrets.includes(name))
          .map((name) => `reads the secret ${name} it is not given`),
        ...secrets
          .filter((name) => !read.includes(name))
          .map((name) => `is given the secret ${name} for nothing`),
        ...secrets
          .filter((name) => !(name in stack.secrets))
          .map((name) => `the secret ${name} is not declared`),
      ];
    }),
    ...declared.filter(([name]) => !used.has(name)).map(([name]) => `the secret ${name} is used by nobody`),
    ...declared
      .filter(([name, { file }]) => file !== `./secrets/${name}` || !secretsMade.includes(name))
      .map(([name]) => `the secret ${name} is not one that bin/secrets.js makes`),
  ];
};

const variablesAreKnown: Rule = (stack, { settings, needs, loadVariables }) =>
  each(stack, (name, service) => {
    const names = Object.keys(service.environment);
    if (!isOurs(service)) {
      const known = name === 'k6' ? new RegExp(`^(${loadVariables.join('|')})$`) : images[name]?.variables;
      return names.filter((each) => !known?.test(each)).map((each) => `${each} is not read by it`);
    }
    const plain = names.map((each) => each.replace(/_FILE$/, ''));
    const lacking = needs[service.command?.[0] ?? ''];
    if (lacking === undefined)
      return [`runs ${service.command?.join(' ')}, which is not a command of its image`];
    return [
      ...plain.filter((each) => !settings.includes(each)).map((each) => `${each} is no setting`),
      ...plain.filter((each, index) => plain.indexOf(each) !== index).map((each) => `${each} is set twice`),
      ...lacking.filter((each) => !plain.includes(each)).map((each) => `${each} is needed and not set`),
      ...names
        .filter((each) => /(KEY|KEYS|URL)$/.test(each) && each !== 'PUBLIC_URL')
        .map((each) => `${each} is a secret: use ${each}_FILE`),
    ];
  });

export const composeRules = {
  imagesArePinned,
  portsAreRight,
  healthIsLookedAt,
  dependenciesHold,
  storesAreWaitedFor,
  volumesExist,
  secretsExist,
  variablesAreKnown,
};

export function findingsOf(stack: Compose, facts: Facts): string[] {
  return Object.values(composeRules).flatMap((rule) => rule(stack, facts));
}

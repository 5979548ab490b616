/**
 * `npm run demo`: a crowd on one event, as a client of the HTTP API and its sockets and nothing else. Exit code 0 when every
 * promise was kept, 1 when one was broken or the demo could not be run, 2 when it was asked for in a wrong way.
 */
import { lagOf, openShow } from './api.ts';
import { createWorld, runCrowd } from './crowd.ts';
import { createHttp } from './http.ts';
import { createLive } from './live.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { createPromises } from './promises.ts';
import { stream } from './random.ts';
import { type Out, startProgress, table, tableText } from './report.ts';
import { readSettings, type Settings, Usage } from './settings.ts';
import { broken, judge } from './verdict.ts';
import { waitForLine } from './wait-for-line.ts';

const out: Out = (text) => void process.stdout.write(text);
const openMs = 30_000;

process.exitCode = await main(process.argv.slice(2));
// Sockets that are closing must not keep a demo from ending.
process.exit();

async function main(args: string[]): Promise<number> {
  let own: OwnServer | undefined;
  let interrupted = false;
  const interrupt = async () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    out('\nstopping\n');
    await own?.stop();
    process.exit(130);
  };
  process.on('SIGINT', () => void interrupt());
  process.on('SIGTERM', () => void interrupt());
  try {
    const settings = readSettings(args, process.env, process.stdout.isTTY === true);
    if (settings.url === undefined) {
      out('starting a Holdfast in a temporary folder\n');
      own = await startOwnServer();
      out(`it runs at ${own.url}, its data in ${own.dir}\n`);
    }
    return await demo(settings, own);
  } catch (error) {
    out(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Usage ? 2 : 1;
  } finally {
    await own?.stop();
  }
}

async function demo(settings: Settings, own: OwnServer | undefined): Promise<number> {
  const { fans, tickets, seconds, seed, sockets } = settings;
  const url = own?.url ?? settings.url ?? '';
  const adminKey = own?.adminKey ?? settings.adminKey ?? '';
  const random = stream(seed, -1);
  const http = createHttp(url, random.next);
  const show = await openShow(http, adminKey, tickets, performance.now() + openMs);
  out(`${fans} fans, ${tickets} tickets of ${show.id}, ${seconds} s, seed ${seed}\n`);
  out(`watch it at ${url}/e/${show.id}\n`);
  if (settings.wait) {
    out('press Enter to let them in\n');
    await waitForLine(process.stdin);
  }
  const live = createLive(url, show.id, random.next);
  const world = createWorld({ http, live, show, promises: createPromises(), sockets }, seconds);
  const lag = watchLag(() => lagOf(http));
  const stopProgress = startProgress(world, settings, out);
  await runCrowd(world, fans, seed);
  stopProgress();
  const verdict = await judge(world, { adminKey, dataDir: own?.dir });
  const wrong = broken(verdict);
  out(`\n${tableText(table(world, verdict, lag.stop()), settings.color)}\n`);
  for (const promise of wrong) out(`BROKEN: ${promise}\n`);
  out(wrong.length === 0 ? 'every promise was kept\n' : `run it again with --seed ${seed}\n`);
  http.close();
  return wrong.length === 0 ? 0 : 1;
}

/** The most that was seen, looked at once a second. */
function watchLag(look: () => Promise<number | undefined>): { stop(): number | undefined } {
  let most: number | undefined;
  const timer = setInterval(async () => {
    const seconds = await look();
    if (seconds !== undefined) most = Math.max(most ?? 0, seconds);
  }, 1_000);
  return {
    stop() {
      clearInterval(timer);
      return most;
    },
  };
}

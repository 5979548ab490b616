/** `node bin/stripe-sandbox.js --help`: the sandbox as a process of its own. */
import { parseArgs } from 'node:util';
import { callFaults, deliveryFaults } from './hostile/hostility.ts';
import { type HostileOptions, type SandboxOptions, startStripeSandbox } from './index.ts';

const shares = [...callFaults, ...deliveryFaults, 'early'] as const;

const help = `A Stripe for this machine. See docs/stripe-sandbox.md.

  --port 12111            where it listens
  --host 127.0.0.1
  --public-url URL        where browsers reach it, when that is elsewhere
  --webhook URL           where webhooks go; may be repeated
  --secret-key KEY        sk_test_sandbox
  --webhook-secret KEY    whsec_sandbox
  --data-file PATH        keep everything over a restart
  --settle-ms 5000        how long SEPA debits and pending refunds take
  --seed N                hostile: the same seed meets the same faults
  --fault NAME=SHARE      hostile, may be repeated: ${shares.join(', ')}
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    host: { type: 'string' },
    port: { type: 'string', default: '12111' },
    'public-url': { type: 'string' },
    webhook: { type: 'string', multiple: true, default: [] },
    'secret-key': { type: 'string' },
    'webhook-secret': { type: 'string' },
    'data-file': { type: 'string' },
    'settle-ms': { type: 'string' },
    seed: { type: 'string', default: '1' },
    fault: { type: 'string', multiple: true, default: [] },
  },
});

if (values.help) console.log(help);
else await run();

async function run(): Promise<void> {
  const options: SandboxOptions = {
    port: whole(values.port, 'port'),
    endpoints: values.webhook.map((url) => ({ url })),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values['public-url'] === undefined ? {} : { publicUrl: values['public-url'] }),
    ...(values['secret-key'] === undefined ? {} : { secretKey: values['secret-key'] }),
    ...(values['webhook-secret'] === undefined ? {} : { webhookSecret: values['webhook-secret'] }),
    ...(values['data-file'] === undefined ? {} : { dataFile: values['data-file'] }),
    ...(values['settle-ms'] === undefined ? {} : { settleMs: whole(values['settle-ms'], 'settle-ms') }),
    ...(values.fault.length === 0 ? {} : { hostile: hostile() }),
  };
  const sandbox = await startStripeSandbox(options);
  console.log(`Stripe's sandbox is at ${sandbox.url}; its key is ${sandbox.secretKey}`);
  const stop = () => void sandbox.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function hostile(): HostileOptions {
  const all: Record<string, number> = {};
  for (const text of values.fault) {
    const [name = '', share = ''] = text.split('=');
    if (
      !(shares as readonly string[]).includes(name) ||
      !(Number(share) >= 0 && Number(share) <= 1) ||
      share === ''
    ) {
      throw new Error(`--fault takes NAME=SHARE, the share from 0 to 1, not ${text}; see --help`);
    }
    all[name] = Number(share);
  }
  return { seed: whole(values.seed, 'seed'), calls: all, webhooks: all };
}

function whole(text: string, name: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Error(`--${name} takes a whole number, not ${text}`);
}

/** What a load test is told by its environment; loadtests/README.md lists it. */
/// <reference types="k6" />

export const baseUrl = (__ENV.BASE_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '');

const profiles = ['smoke', 'ci', 'stage', 'full'] as const;
export type Profile = (typeof profiles)[number];

export const profile: Profile = profiles.find((name) => name === __ENV.PROFILE) ?? 'ci';
if (__ENV.PROFILE && __ENV.PROFILE !== profile) throw new Error(`PROFILE is one of ${profiles.join(', ')}`);

/** Undefined when the script shall run on an event that is there. */
export const adminKey: string | undefined =
  __ENV.ADMIN_KEY || (__ENV.ADMIN_KEY_FILE ? open(__ENV.ADMIN_KEY_FILE).trim() : undefined);

export const eventId: string | undefined = __ENV.EVENT_ID || undefined;

/** Where summaries are written as JSON and Markdown; without it they are only printed. */
export const summaryDir: string | undefined = __ENV.SUMMARY_DIR || undefined;

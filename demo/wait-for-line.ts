/**
 * Waits for somebody at the keyboard. The terminal is left as it is, so that Ctrl-C still stops everything. Where nobody can
 * type the input has ended already, and nothing is waited for.
 */
import type { Readable } from 'node:stream';

export async function waitForLine(input: Readable): Promise<void> {
  for await (const chunk of input) {
    if (String(chunk).includes('\n')) return;
  }
}

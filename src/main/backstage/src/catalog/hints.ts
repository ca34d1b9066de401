import { setTimeout as pause } from 'node:timers/promises';
import type { Door } from '../service/door';

/** Where the service tells that something has changed. */
const EVENTS = '/api/v1/events';

/** How to listen. */
export interface Listening {
  readonly door: Door;
  readonly token: () => Promise<string>;
  /** Called when something may have changed, also after each connection: something may have been missed. */
  readonly onHint: () => void;
  readonly signal: AbortSignal;
  /** Before connecting again, in milliseconds. */
  readonly pauseMs?: number;
}

/**
 * Follows the service's events until the signal ends it. What an event says does not matter: it is a hint to look, so
 * that lost, doubled and reordered events change nothing. Where the service has no events, looking by the clock remains.
 */
export async function listen({ door, token, onHint, signal, pauseMs = 5000 }: Listening): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { event } of door.events({ path: EVENTS, token, signal })) {
        if (event !== 'beat') {
          onHint();
        }
      }
    } catch {
      // The service is away; looking by the clock tells so in the log.
    }
    await pause(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

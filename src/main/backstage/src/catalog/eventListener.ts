import { setTimeout as pause } from 'node:timers/promises';
import type { RayServiceClient } from '../service/client';

/** Where the service tells that something has changed. */
const EVENTS = '/api/v1/events';

/** How to listen. */
export interface Listening {
  readonly client: RayServiceClient;
  readonly token: () => Promise<string>;
  /**
   * Called when something may have changed: one Ray Service, as `namespace/name`, or anything when it is undefined, as
   * after a connection on which something may have been missed.
   */
  readonly onHint: (rayService?: string) => void;
  /** Called whenever the service is heard, also when it only keeps the connection alive. */
  readonly onSign?: () => void;
  readonly signal: AbortSignal;
  /** Before connecting again, in milliseconds. */
  readonly pauseMs?: number;
}

/**
 * Follows the service's events until the signal ends it, and goes on where a connection broke. What an event says does
 * not matter beside whom it concerns: it is a hint to look, so that doubled and reordered events change nothing. Where
 * the service has no events, looking by the clock remains.
 */
export async function listen({ client, token, onHint, onSign, signal, pauseMs = 5000 }: Listening): Promise<void> {
  let lastEventId: string | undefined;
  while (!signal.aborted) {
    // Between reset and complete everything is told, which the hint at the reset has been for.
    let anew = false;
    try {
      for await (const { event, id, data } of client.events({ path: EVENTS, token, signal, lastEventId })) {
        onSign?.();
        lastEventId = id ?? lastEventId;
        if (event === 'reset') {
          anew = true;
          onHint();
        } else if (event === 'complete') {
          anew = false;
        } else if (!anew && event !== 'comment') {
          onHint(rayService(data));
        }
      }
    } catch {
      // The service is away; looking by the clock tells so in the log.
    }
    if (anew) {
      lastEventId = undefined;
    }
    await pause(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Of whom an event tells; undefined when that cannot be read. */
function rayService(data: string): string | undefined {
  try {
    const { namespace, name } = (JSON.parse(data) as { rayService: { namespace?: unknown; name?: unknown } }).rayService;
    return typeof namespace === 'string' && typeof name === 'string' ? `${namespace}/${name}` : undefined;
  } catch {
    return undefined;
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { RayServiceClient } from '../service/client';

const EVENTS = '/api/v1/events';

/** Delays before the next connection, in milliseconds. The delay doubles while no connection brings an event. */
export interface ReconnectDelays {
  readonly first: number;
  readonly max: number;
}

const DELAYS: ReconnectDelays = { first: 5000, max: 30_000 };

/** Where the events come from, and what is called for them. */
export interface EventListenerOptions {
  readonly client: RayServiceClient;
  readonly token: () => Promise<string>;
  /** A Ray Service, as `namespace/name`, may have changed. */
  readonly onChange: (rayService: string) => void;
  /** Any Ray Service may have changed: events were missed, or do not arrive. */
  readonly onMissedEvents: () => void;
  readonly logger: LoggerService;
  /** Ends the listener. */
  readonly signal: AbortSignal;
  readonly delays?: ReconnectDelays;
}

/**
 * Follows the events of the service and resumes after the last one when a connection breaks. It only uses which Ray
 * Service an event is about. Repeated and reordered events therefore do no harm.
 */
export async function listenForEvents(options: EventListenerOptions): Promise<void> {
  const { client, token, onChange, onMissedEvents, logger, signal, delays = DELAYS } = options;
  let lastEventId: string | undefined;
  let delayMs = delays.first;
  let lastFailure: string | undefined;
  const stopped = () => signal.aborted;
  while (!stopped()) {
    // Between reset and complete the service sends the state of every Ray Service. One full refresh covers them; it has
    // to read after complete, because a change meanwhile has no event of its own.
    let replaying = false;
    let received = false;
    try {
      for await (const { event, id, data } of client.events({ path: EVENTS, token, signal, lastEventId })) {
        received = true;
        lastFailure = undefined;
        lastEventId = id ?? lastEventId;
        if (event === 'reset') {
          replaying = true;
        } else if (event === 'complete') {
          replaying = false;
          onMissedEvents();
        } else if (!replaying && event !== 'comment') {
          const rayService = rayServiceOf(data);
          if (rayService === undefined) {
            onMissedEvents();
          } else {
            onChange(rayService);
          }
        }
      }
    } catch (e) {
      // An outage gives the same failure at each attempt: once in the log is enough.
      if (!stopped() && String(e) !== lastFailure) {
        lastFailure = String(e);
        logger.warn(`cannot follow the events of Ray Services, connecting again: ${lastFailure}`);
      }
    }
    if (replaying) {
      // The service cannot resume a replay.
      lastEventId = undefined;
    }
    if (received) {
      delayMs = delays.first;
    }
    if ((replaying || !received) && !stopped()) {
      onMissedEvents();
    }
    // The signal ends the pause early; the loop then ends.
    await pause(delayMs, undefined, { signal }).catch(() => undefined);
    delayMs = Math.min(delays.max, 2 * delayMs);
  }
}

/** The Ray Service that an event is about, as `namespace/name`; undefined when the data have another shape. */
function rayServiceOf(data: string): string | undefined {
  try {
    const { namespace, name } = (JSON.parse(data) as { rayService: { namespace?: unknown; name?: unknown } }).rayService;
    return typeof namespace === 'string' && typeof name === 'string' ? `${namespace}/${name}` : undefined;
  } catch {
    return undefined;
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';

/** Where the service tells that something has changed. */
const EVENTS = '/api/v1/events';

/** How to listen. */
export interface Listening {
  readonly baseUrl: string;
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
export async function listen(listening: Listening): Promise<void> {
  while (!listening.signal.aborted) {
    try {
      await follow(listening);
    } catch {
      // The service is away; looking by the clock tells so in the log.
    }
    await pause(listening.pauseMs ?? 5000, undefined, { signal: listening.signal }).catch(() => undefined);
  }
}

async function follow({ baseUrl, token, onHint, signal }: Listening): Promise<void> {
  const response = await fetch(baseUrl + EVENTS, {
    redirect: 'error',
    signal,
    headers: { Accept: 'text/event-stream', Authorization: `Bearer ${await token()}` },
  });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    return;
  }
  onHint();
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  await events.pipeTo(new WritableStream({ write: onHint }));
}

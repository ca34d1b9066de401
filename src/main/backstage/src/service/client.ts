import { setTimeout as pause } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { ServiceUnavailableError, RequestRejectedError, type Problem } from './problem';

/** One request to the service. */
export interface ServiceRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query, beginning with a slash. */
  readonly path: string;
  /** Sent as bearer; each try asks for a new one, as tokens live shortly. */
  readonly token: () => Promise<string>;
  /** Beside those that the client sets itself. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** Ends the request, and the pauses between attempts. */
  readonly signal?: AbortSignal | undefined;
  /** ActionOutput before each pause, in words. */
  readonly onRetry?: (reason: string) => void;
}

/** A stream of the service's events. */
export interface EventsRequest extends Pick<ServiceRequest, 'path' | 'token' | 'signal'> {
  /** Where to go on; absent for everything anew. */
  readonly lastEventId?: string | undefined;
}

/** One server-sent event. */
export interface ServerSentEvent {
  /** `reset`, `status`, `gone`, `complete`, or `comment` for a comment that keeps the connection alive. */
  readonly event: string;
  readonly id?: string | undefined;
  readonly data: string;
}

/** An answer of the service with a status below 300. */
export interface ServiceResponse<T> {
  readonly status: number;
  /** The version of what was read, without its quotes. */
  readonly etag: string | undefined;
  readonly body: T;
}

/** How outages are sat out. */
export interface RetryPolicy {
  /** At least 1. */
  readonly attempts: number;
  /** Before the second try, in milliseconds; doubled for each further one. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** About two minutes: longer than a restart of the service takes, shorter than a person waits. */
export const RETRY_POLICY: RetryPolicy = { attempts: 10, firstDelayMs: 500, maxDelayMs: 20_000 };

/** The service says something every 15 seconds; a connection that has been silent for so long is dead. */
const SILENCE_MS = 60_000;

const REDIRECTS = 300;
const MISTAKES = 400;
const TOO_MANY_REQUESTS = 429;
const OUTAGES = 500;

/**
 * The one way to the service. Redirects are refused, because they would carry the token elsewhere; outages are retried,
 * because every write has an Idempotency-Key; mistakes are not. No error holds a header or a body that is not the
 * service's own problem document.
 */
export class RayServiceClient {
  constructor(
    private readonly baseUrl: string,
    private readonly timeoutMs: number,
    private readonly retryPolicy: RetryPolicy = RETRY_POLICY,
    private readonly silenceMs = SILENCE_MS,
  ) {}

  /**
   * Sends a request until it is answered.
   *
   * @throws RequestRejectedError when a person has to mend it
   * @throws ServiceUnavailableError when the service stayed away
   * @throws the signal's reason when it was aborted
   */
  async send<T>(request: ServiceRequest): Promise<ServiceResponse<T>> {
    for (let attempt = 1; ; attempt++) {
      request.signal?.throwIfAborted();
      try {
        return await this.once<T>(request);
      } catch (e) {
        request.signal?.throwIfAborted();
        if (!(e instanceof ServiceUnavailableError) || attempt >= this.retryPolicy.attempts) {
          throw e;
        }
        const ms = this.delayMs(attempt, e);
        request.onRetry?.(`${e.message}; trying again in ${Math.ceil(ms / 1000)} s`);
        await pause(ms, undefined, request.signal ? { signal: request.signal } : {});
      }
    }
  }

  private delayMs(attempt: number, outage: ServiceUnavailableError): number {
    const doubled = this.retryPolicy.firstDelayMs * 2 ** (attempt - 1);
    return Math.min(this.retryPolicy.maxDelayMs, Math.max(doubled, outage.retryAfterMs ?? 0));
  }

  /**
   * Follows events until the service ends the stream, or the reader stops reading. It is not opened again: only the
   * reader knows what he has seen.
   *
   * @throws RequestRejectedError when a person has to mend it
   * @throws ServiceUnavailableError when it broke off, or was silent for too long
   * @throws the signal's reason when it was aborted
   */
  async *events(request: EventsRequest): AsyncGenerator<ServerSentEvent> {
    const silence = new AbortController();
    const alarm = setTimeout(() => {
      silence.abort();
    }, this.silenceMs);
    try {
      const { lastEventId } = request;
      const response = await this.open(
        {
          ...request,
          method: 'GET',
          headers: { Accept: 'text/event-stream', ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }) },
        },
        silence.signal,
      );
      for await (const event of parsed(response)) {
        alarm.refresh();
        yield event;
      }
    } catch (e) {
      request.signal?.throwIfAborted();
      throw e instanceof RequestRejectedError || e instanceof ServiceUnavailableError
        ? e
        : new ServiceUnavailableError(`the events at ${request.path} broke off (${reason(e)})`);
    } finally {
      clearTimeout(alarm);
    }
  }

  private async once<T>(request: ServiceRequest): Promise<ServiceResponse<T>> {
    const response = await this.open(request, AbortSignal.timeout(this.timeoutMs));
    return {
      status: response.status,
      etag: response.headers.get('etag')?.replace(/^"|"$/g, ''),
      body: (await readable(response, request)) as T,
    };
  }

  private async open(request: ServiceRequest, limit: AbortSignal): Promise<Response> {
    const response = await this.fetch(request, limit);
    if (response.status >= MISTAKES) {
      throw await failure(response, request);
    }
    if (response.status >= REDIRECTS) {
      await response.body?.cancel();
      throw new RequestRejectedError(response.status, {
        title: 'The service redirects',
        detail: `${request.method} ${request.path} was answered ${response.status}; set rayService.baseUrl to its real address`,
      });
    }
    return response;
  }

  private async fetch(request: ServiceRequest, limit: AbortSignal): Promise<Response> {
    const token = await request.token();
    try {
      return await fetch(this.baseUrl + request.path, {
        method: request.method,
        redirect: 'manual',
        signal: request.signal ? AbortSignal.any([request.signal, limit]) : limit,
        headers: {
          Accept: 'application/json',
          Authorization: `Bearer ${token}`,
          ...(request.body ? { 'Content-Type': 'application/json' } : {}),
          ...request.headers,
        },
        ...(request.body ? { body: JSON.stringify(request.body) } : {}),
      });
    } catch (e) {
      throw new ServiceUnavailableError(`${request.method} ${request.path} was not answered (${reason(e)})`);
    }
  }
}

async function* parsed(response: Response): AsyncGenerator<ServerSentEvent> {
  const events: ServerSentEvent[] = [];
  const parser = createParser({
    onEvent: ({ event = 'message', id, data }) => events.push({ event, id, data }),
    onComment: () => events.push({ event: 'comment', data: '' }),
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    yield* events.splice(0);
  }
}

async function readable(response: Response, request: ServiceRequest): Promise<unknown> {
  try {
    return await response.json();
  } catch (e) {
    throw new ServiceUnavailableError(`the answer to ${request.method} ${request.path} broke off (${reason(e)})`);
  }
}

async function failure(response: Response, request: ServiceRequest): Promise<RequestRejectedError | ServiceUnavailableError> {
  const problem = await problemOf(response);
  const mistake = response.status < OUTAGES && response.status !== TOO_MANY_REQUESTS;
  if (mistake) {
    return new RequestRejectedError(response.status, problem);
  }
  const told = [problem.title, problem.detail].filter(Boolean).join(': ');
  return new ServiceUnavailableError(
    `${request.method} ${request.path} was answered ${response.status}${told ? ` (${told})` : ''}`,
    retryAfter(response),
  );
}

/** Only the service's own problem documents are shown: what else answers may repeat what it was sent. */
async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json')) {
    await response.body?.cancel();
    return {};
  }
  try {
    return (await response.json()) as Problem;
  } catch {
    return {};
  }
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? 1000 * seconds : undefined;
}

/** undici hides the reason in the cause; its text may hold the address, its code does not. */
function reason(e: unknown): string {
  const cause = e instanceof Error ? e.cause : undefined;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') {
    return cause.code;
  }
  return e instanceof Error ? e.name : 'unknown reason';
}

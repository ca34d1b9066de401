import { setTimeout as pause } from 'node:timers/promises';
import { RequestRejectedError, ServiceUnavailableError } from './problem';
import { errorOf, readEvents, readJson, reasonOf, requireMediaType, type ServerSentEvent } from './response';

/** A request whose response is JSON. */
export interface ServiceRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query, beginning with a slash. */
  readonly path: string;
  /** Returns the bearer token. Tokens expire soon, so each attempt asks for a new one. */
  readonly token: () => Promise<string>;
  /** In addition to the headers that the client sets. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** Ends the request, and the delays between attempts. */
  readonly signal?: AbortSignal | undefined;
  /** Called before each delay, with a reason for people. */
  readonly onRetry?: (reason: string) => void;
}

/** A request whose response is a stream of events. */
export interface EventsRequest extends Pick<ServiceRequest, 'path' | 'token' | 'signal'> {
  /** The service sends the events after this one; without it, the state of everything first. */
  readonly lastEventId?: string | undefined;
}

/** A response with a status below 300. */
export interface ServiceResponse<T> {
  readonly status: number;
  /** The version of the resource: the entity tag without its quotes. */
  readonly etag: string | undefined;
  readonly body: T;
}

/** How often a request is sent while the service is unavailable. */
export interface RetryPolicy {
  /** At least 1. */
  readonly attempts: number;
  /** Before the second attempt, in milliseconds. Each further delay is twice as long. */
  readonly firstDelayMs: number;
  /** Also limits the delay that the service asks for with Retry-After. */
  readonly maxDelayMs: number;
}

/** About two minutes: longer than the service needs to restart, shorter than a person waits. */
const RETRY_POLICY: RetryPolicy = { attempts: 10, firstDelayMs: 500, maxDelayMs: 20_000 };

/** The service sends a comment every 15 seconds. */
const SILENCE_MS = 60_000;

const REDIRECTION = 300;
const CLIENT_ERROR = 400;

/**
 * The HTTP client of the service; every request goes through it.
 *
 * It refuses redirects, because they would carry the token to another server. It repeats a request only while the
 * service is unavailable; that is safe because every write has an Idempotency-Key. Its errors contain no header, and no
 * body except the service's own problem documents.
 */
export class RayServiceClient {
  constructor(
    private readonly baseUrl: string,
    private readonly timeoutMs: number,
    private readonly retryPolicy: RetryPolicy = RETRY_POLICY,
    private readonly silenceMs = SILENCE_MS,
  ) {}

  /**
   * Sends a request, and sends it again while the service is unavailable.
   *
   * @throws RequestRejectedError when the same request cannot succeed
   * @throws ServiceUnavailableError after the last attempt
   * @throws the signal's reason when it was aborted
   */
  async send<T>(request: ServiceRequest): Promise<ServiceResponse<T>> {
    for (let attempt = 1; ; attempt++) {
      request.signal?.throwIfAborted();
      try {
        return await this.sendOnce<T>(request);
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

  private delayMs(attempt: number, error: ServiceUnavailableError): number {
    const doubled = this.retryPolicy.firstDelayMs * 2 ** (attempt - 1);
    return Math.min(this.retryPolicy.maxDelayMs, Math.max(doubled, error.retryAfterMs ?? 0));
  }

  /**
   * Reads events until the service ends the stream. It does not connect again: only the caller knows which event it has
   * handled.
   *
   * @throws RequestRejectedError when the same request cannot succeed
   * @throws ServiceUnavailableError when the connection broke, or the service was silent for a minute
   * @throws the signal's reason when it was aborted
   */
  async *events(request: EventsRequest): AsyncGenerator<ServerSentEvent> {
    const silence = new AbortController();
    const timer = setTimeout(() => {
      silence.abort(new ServiceUnavailableError(`${request.path} sent nothing for ${this.silenceMs / 1000} s`));
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
      await requireMediaType('text/event-stream', response, request.path);
      for await (const event of readEvents(response)) {
        timer.refresh();
        yield event;
      }
    } catch (e) {
      request.signal?.throwIfAborted();
      throw e instanceof RequestRejectedError || e instanceof ServiceUnavailableError
        ? e
        : new ServiceUnavailableError(`the events at ${request.path} broke off (${reasonOf(e)})`);
    } finally {
      clearTimeout(timer);
    }
  }

  private async sendOnce<T>(request: ServiceRequest): Promise<ServiceResponse<T>> {
    const response = await this.open(request, AbortSignal.timeout(this.timeoutMs));
    await requireMediaType('application/json', response, request.path);
    return {
      status: response.status,
      // A proxy that compresses makes an entity tag weak. The version in it stays the same.
      etag: /^(?:W\/)?"(.*)"$/.exec(response.headers.get('etag') ?? '')?.[1],
      body: (await readJson(response, request)) as T,
    };
  }

  private async open(request: ServiceRequest, timeout: AbortSignal): Promise<Response> {
    const response = await this.fetch(request, timeout);
    if (response.status >= CLIENT_ERROR) {
      throw await errorOf(response, request);
    }
    if (response.status >= REDIRECTION) {
      await response.body?.cancel();
      throw new RequestRejectedError(response.status, {
        title: 'The service redirects',
        detail: `${request.method} ${request.path} was answered ${response.status}; set rayService.baseUrl to the address of the service itself`,
      });
    }
    return response;
  }

  private async fetch(request: ServiceRequest, timeout: AbortSignal): Promise<Response> {
    const token = await request.token();
    try {
      return await fetch(this.baseUrl + request.path, {
        method: request.method,
        redirect: 'manual',
        signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
        headers: {
          Accept: 'application/json',
          Authorization: `Bearer ${token}`,
          ...(request.body ? { 'Content-Type': 'application/json' } : {}),
          ...request.headers,
        },
        ...(request.body ? { body: JSON.stringify(request.body) } : {}),
      });
    } catch (e) {
      if (e instanceof ServiceUnavailableError) {
        throw e;
      }
      throw new ServiceUnavailableError(`${request.method} ${request.path} was not answered (${reasonOf(e)})`);
    }
  }
}

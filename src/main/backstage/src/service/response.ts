import { createParser, type ParseError } from 'eventsource-parser';
import type { ServiceRequest } from './client';
import { RequestRejectedError, ServiceUnavailableError, problemFrom, type Problem } from './problem';

/** A page of 500 entities has about a megabyte. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_EVENT_CHARS = 1024 * 1024;

const PROBLEM = 'application/problem+json';

const REQUEST_TIMEOUT = 408;
const TOO_MANY_REQUESTS = 429;
const SERVER_ERROR = 500;

type RequestLine = Pick<ServiceRequest, 'method' | 'path'>;

/** An event of the service, or a comment between its events. */
export interface ServerSentEvent {
  /** `reset`, `status`, `gone` or `complete`; `comment` for a comment, which keeps the connection alive. */
  readonly event: string;
  readonly id?: string | undefined;
  readonly data: string;
}

/**
 * Refuses what another server sends in place of the service, such as the sign-in page of a proxy.
 *
 * @throws RequestRejectedError
 */
export async function requireMediaType(type: string, response: Response, path: string): Promise<void> {
  if (!isOfType(type, response)) {
    await response.body?.cancel();
    throw new RequestRejectedError(response.status, {
      title: 'The response is not from the service',
      detail: `${path} has another media type than ${type}; check rayService.baseUrl and the proxies before it`,
    });
  }
}

function isOfType(type: string, response: Response): boolean {
  return (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() === type;
}

/**
 * Reads a body as JSON.
 *
 * @throws RequestRejectedError when it is too large
 * @throws ServiceUnavailableError when it ends early
 */
export async function readJson(response: Response, { method, path }: RequestLine): Promise<unknown> {
  try {
    return JSON.parse(await readText(response)) as unknown;
  } catch (e) {
    if (e instanceof RequestRejectedError) {
      throw e;
    }
    throw new ServiceUnavailableError(`the answer to ${method} ${path} broke off (${reasonOf(e)})`);
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length;
    if (bytes > MAX_BODY_BYTES) {
      throw tooLarge(response);
    }
    text += decoder.decode(chunk as Uint8Array, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * Reads server-sent events until the stream ends.
 *
 * @throws RequestRejectedError when an event is too large
 */
export async function* readEvents(response: Response): AsyncGenerator<ServerSentEvent> {
  const events: ServerSentEvent[] = [];
  const errors: ParseError[] = [];
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onEvent: ({ event = 'message', id, data }) => events.push({ event, id, data }),
    onComment: () => events.push({ event: 'comment', data: '' }),
    onError: e => errors.push(e),
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    yield* events.splice(0);
    // The other errors are about unknown fields, which the specification says to ignore.
    if (errors.splice(0).some(e => e.type === 'max-buffer-size-exceeded')) {
      throw tooLarge(response);
    }
  }
}

function tooLarge(response: Response): RequestRejectedError {
  return new RequestRejectedError(response.status, {
    title: 'The response is too large',
    detail: 'check rayService.baseUrl and the proxies before the service',
  });
}

/** The error for a response with a status of 400 or more. */
export async function errorOf(
  response: Response,
  { method, path }: RequestLine,
): Promise<RequestRejectedError | ServiceUnavailableError> {
  const { status } = response;
  const problem = await readProblem(response);
  if (status < SERVER_ERROR && status !== TOO_MANY_REQUESTS && status !== REQUEST_TIMEOUT) {
    return new RequestRejectedError(status, problem);
  }
  const text = [problem.title, problem.detail].filter(Boolean).join(': ');
  return new ServiceUnavailableError(
    `${method} ${path} was answered ${status}${text ? ` (${text})` : ''}`,
    retryAfterMs(response),
  );
}

/** Empty unless it is the service's own problem document: another server may repeat the token in its body. */
async function readProblem(response: Response): Promise<Problem> {
  if (!isOfType(PROBLEM, response)) {
    await response.body?.cancel();
    return {};
  }
  try {
    return problemFrom(JSON.parse(await readText(response)));
  } catch {
    // The status says enough.
    return {};
  }
}

/** Retry-After is a number of seconds or a date. */
function retryAfterMs(response: Response): number | undefined {
  const value = response.headers.get('retry-after') ?? '';
  const ms = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now();
  return ms >= 0 ? ms : undefined;
}

/** The code of a network error. Its message may contain the address, which the code does not. */
export function reasonOf(e: unknown): string {
  const cause = e instanceof Error ? e.cause : undefined;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') {
    return cause.code;
  }
  return e instanceof Error ? e.name : 'unknown reason';
}

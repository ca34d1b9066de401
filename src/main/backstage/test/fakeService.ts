import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A request as the fake service has received it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
}

/** `stream` is sent and the connection stays open; `disconnect` closes the connection without a response. */
export type FakeResponse =
  | { readonly stream: string }
  | {
      readonly status: number;
      readonly headers?: Record<string, string>;
      /** A text is sent as it is, everything else as JSON. */
      readonly body?: unknown;
      readonly delayMs?: number;
    }
  | 'disconnect';

/** The service over real HTTP. It sends the given responses one by one, and repeats the last one. */
export class FakeService {
  readonly requests: ReceivedRequest[] = [];
  private responses: FakeResponse[] = [];

  private constructor(private readonly server: Server) {
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- a failure ends the test run, as it should
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(chunk as Buffer);
      }
      const text = Buffer.concat(chunks).toString();
      this.requests.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text ? (JSON.parse(text) as unknown) : undefined,
      });
      const next = this.responses.length > 1 ? this.responses.shift() : this.responses[0];
      await send(next ?? 'disconnect', response);
    });
  }

  static async start(): Promise<FakeService> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeService(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  respondWith(...responses: FakeResponse[]): void {
    this.responses = responses;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

async function send(fake: FakeResponse, response: ServerResponse): Promise<void> {
  if (fake === 'disconnect') {
    response.destroy();
    return;
  }
  if ('stream' in fake) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(fake.stream);
    return;
  }
  await pause(fake.delayMs ?? 0);
  const problem = fake.status >= 400 && typeof fake.body === 'object';
  response.writeHead(fake.status, {
    'Content-Type': problem ? 'application/problem+json' : 'application/json',
    ...fake.headers,
  });
  response.end(typeof fake.body === 'string' ? fake.body : JSON.stringify(fake.body ?? {}));
}

/** Server-sent events as text; a string is a comment. */
export function events(...all: (string | { event: string; id?: string; data?: unknown })[]): string {
  return all
    .map(e =>
      typeof e === 'string'
        ? `:${e}\n\n`
        : `event: ${e.event}\n${e.id === undefined ? '' : `id: ${e.id}\n`}data: ${JSON.stringify(e.data ?? {})}\n\n`,
    )
    .join('');
}

/** Response to the README's example: a merge request is open. */
export const PROPOSED = {
  result: 'created',
  rayService: { namespace: 'team-ml', name: 'text-ml-service' },
  branch: 'rayservice/team-ml/text-ml-service',
  commit: '95638b7a5ced3cdc8750a51b5c4d035de50c98dd',
  files: ['rayservices/team-ml/text-ml-service/rayservice.yaml'],
  mergeRequest: { number: 7, url: 'https://gitlab.company.com/platform/gitops/-/merge_requests/7', state: 'opened' },
  links: {
    self: '/api/v1/ray-services/team-ml/text-ml-service',
    serve: 'https://gitlab.company.com/ray-serve/text-ml/',
  },
  dashboard: {
    url: 'https://gitlab.company.com/ray-dashboard/text-ml/',
    tokenCommand: 'kubectl -n ray-system get secrets',
  },
  requestId: '15b1a8ed-5c7e-4e17-b2f1-dccf59463d29',
  warnings: [],
};

/** Response to a dry run that changes nothing. */
export const DRY_RUN = {
  result: PROPOSED.result,
  dryRun: true,
  rayService: PROPOSED.rayService,
  branch: PROPOSED.branch,
  files: {},
  diff: '',
  changes: [],
  links: PROPOSED.links,
  dashboard: PROPOSED.dashboard,
  warnings: [],
};

/** Problem document for a form with violations. */
export const INVALID = {
  type: 'urn:rayservice-scaffolder:problem:invalid-form',
  status: 422,
  title: 'The form breaks rules',
  detail: '2 violations; nothing was written',
  violations: [
    { field: 'spec.namespace', value: 'kube-system', rule: 'must not be a protected namespace', source: 'policy' },
    { field: 'spec.gitlab.username', rule: 'is required', source: 'kro' },
  ],
};

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { RayServiceClient } from '../src/service/client';
import { RequestRejectedError, ServiceUnavailableError } from '../src/service/problem';
import { FakeService } from './fakeService';

const SECRET = 'secret-token';
const REQUEST = { method: 'GET', path: '/x', token: () => Promise.resolve(SECRET) } as const;
const PROBLEM = { 'Content-Type': 'application/problem+json' };

let service: FakeService;
let client: RayServiceClient;
before(async () => {
  service = await FakeService.start();
  client = new RayServiceClient(service.url, 2000, { attempts: 2, firstDelayMs: 1, maxDelayMs: 1 });
});
after(() => {
  service.close();
});
beforeEach(() => {
  service.requests.length = 0;
});

test('a redirect is refused, so that no other server gets the token', async () => {
  service.respondWith({ status: 302, headers: { Location: `${service.url}/elsewhere` } });

  await assert.rejects(client.send(REQUEST), (e: Error) => e instanceof RequestRejectedError && e.message.includes('redirects'));
  assert.deepEqual(service.requests.map(r => r.path), ['/x']);
});

test('an error contains no body except a problem document', async () => {
  for (const status of [401, 403, 500, 502]) {
    service.respondWith({ status, headers: { 'Content-Type': 'text/html' }, body: `you sent ${SECRET}` });
    await assert.rejects(client.send(REQUEST), (e: Error) => {
      assert.ok(!e.message.includes(SECRET), e.message);
      return e instanceof (status < 500 ? RequestRejectedError : ServiceUnavailableError);
    });
  }
});

test('a problem document of another shape does not hide the status', async () => {
  const texts = ['null', '[]', '{', '{"title":7,"violations":"none","heldBy":null}', '{"violations":[null,{"field":1}]}'];
  for (const body of texts) {
    service.respondWith({ status: 422, headers: PROBLEM, body });
    await assert.rejects(client.send(REQUEST), (e: Error) => {
      assert.ok(e instanceof RequestRejectedError, String(e));
      return e.message === 'The service answered 422';
    });
  }
});

test('a service without a server is unavailable', async () => {
  const unreachable = await FakeService.start();
  const url = unreachable.url;
  unreachable.close();

  await assert.rejects(
    new RayServiceClient(url, 200, { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 }).send(REQUEST),
    (e: Error) => e instanceof ServiceUnavailableError && e.message === 'GET /x was not answered (ECONNREFUSED)',
  );
});

test('a request is sent again after a timeout, a rate limit and an incomplete body', async () => {
  for (const response of [{ status: 408 }, { status: 429 }, { status: 200, body: '{"half":' }]) {
    service.respondWith(response, { status: 200, body: { whole: true } });

    assert.equal((await client.send<{ whole: boolean }>(REQUEST)).body.whole, true);
  }
});

test('Retry-After is a number of seconds or a date', async () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
  const cases: [string, boolean][] = [['60', true], [inAnHour, true], ['0', false], ['soon', false]];
  for (const [value, delays] of cases) {
    service.respondWith({ status: 503, headers: { 'Retry-After': value } });
    const single = new RayServiceClient(service.url, 2000, { attempts: 1, firstDelayMs: 0, maxDelayMs: 0 });
    await assert.rejects(single.send(REQUEST), (e: Error) => {
      assert.equal(e instanceof ServiceUnavailableError && (e.retryAfterMs ?? 0) > 50_000, delays, value);
      return true;
    });
  }
});

test('the page of a proxy is rejected, not sent again', async () => {
  service.respondWith({ status: 200, headers: { 'Content-Type': 'text/html' }, body: `<html>${SECRET}` });

  await assert.rejects(client.send(REQUEST), (e: Error) => {
    assert.match(e.message, /^The response is not from the service: .* check rayService.baseUrl/);
    return e instanceof RequestRejectedError && !e.message.includes(SECRET);
  });
  await assert.rejects(firstEvent(client), RequestRejectedError);
  assert.equal(service.requests.length, 2);
});

test('a body without end is not read to its end', async () => {
  service.respondWith({ status: 200, body: 'x'.repeat(33 * 1024 * 1024) });
  await assert.rejects(client.send(REQUEST), /^RequestRejectedError: The response is too large/);

  service.respondWith({ stream: `data: ${'x'.repeat(2 * 1024 * 1024)}` });
  await assert.rejects(firstEvent(client), /^RequestRejectedError: The response is too large/);
});

async function firstEvent(client: RayServiceClient): Promise<string | undefined> {
  for await (const { event } of client.events({ path: '/events', token: REQUEST.token })) {
    return event;
  }
  return undefined;
}

test('an entity tag is read without its quotes, even if a proxy has made it weak', async () => {
  for (const etag of ['"v1"', 'W/"v1"']) {
    service.respondWith({ status: 200, headers: { ETag: etag } });

    assert.equal((await client.send(REQUEST)).etag, 'v1');
  }
});

test('a silent event stream is a broken connection', async () => {
  service.respondWith({ stream: ': \n\nevent: status\nid: 7\ndata: {}\n\n' });
  const shortSilence = new RayServiceClient(service.url, 2000, undefined, 100);
  const received: string[] = [];

  await assert.rejects(
    async () => {
      for await (const { event, id } of shortSilence.events({ path: '/events', token: REQUEST.token, lastEventId: '6' })) {
        received.push(`${event} ${id}`);
      }
    },
    (e: Error) => e instanceof ServiceUnavailableError && e.message === '/events sent nothing for 0.1 s',
  );

  assert.deepEqual(received, ['comment undefined', 'status 7']);
  assert.equal(service.requests[0]?.headers['last-event-id'], '6');
});

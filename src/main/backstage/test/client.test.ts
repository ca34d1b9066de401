import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ConfigReader } from '@backstage/config';
import { RayServiceClient } from '../src/service/client';
import { ServiceUnavailableError, RequestRejectedError } from '../src/service/problem';
import { readSettings } from '../src/service/settings';
import { FakeService } from './fakeService';

const SECRET = 'a-token-that-nobody-may-see';
const REQUEST = { method: 'GET', path: '/x', token: () => Promise.resolve(SECRET) } as const;

let service: FakeService;
let client: RayServiceClient;
before(async () => {
  service = await FakeService.start();
  client = new RayServiceClient(service.url, 200, { attempts: 2, firstDelayMs: 1, maxDelayMs: 1 });
});
after(() => {
  service.close();
});
beforeEach(() => {
  service.requests.length = 0;
});

test('a redirect is refused, so that the token goes nowhere else', async () => {
  service.respondWith({ status: 302, headers: { Location: `${service.url}/elsewhere` } });

  await assert.rejects(client.send(REQUEST), (e: Error) => e instanceof RequestRejectedError && e.message.includes('redirects'));
  assert.deepEqual(service.requests.map(s => s.path), ['/x']);
});

test('an error repeats nothing that is not a problem document of the service', async () => {
  for (const status of [401, 403, 500, 502]) {
    service.respondWith({ status, headers: { 'Content-Type': 'text/html' }, body: `you sent ${SECRET}` });
    await assert.rejects(client.send(REQUEST), (e: Error) => {
      assert.ok(!e.message.includes(SECRET), e.message);
      return e instanceof (status < 500 ? RequestRejectedError : ServiceUnavailableError);
    });
  }
});

test('a service that is not there is an outage', async () => {
  const unreachable = await FakeService.start();
  const url = unreachable.url;
  unreachable.close();

  await assert.rejects(
    new RayServiceClient(url, 200, { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 }).send(REQUEST),
    (e: Error) => e instanceof ServiceUnavailableError && e.message === 'GET /x was not answered (ECONNREFUSED)',
  );
});

test('what cannot be read is an outage', async () => {
  service.respondWith({ status: 200, body: '{"half":' }, { status: 200, body: { whole: true } });

  const { body } = await client.send<{ whole: boolean }>(REQUEST);

  assert.equal(body.whole, true);
});

test('settings that would leak or lead nowhere are refused', () => {
  const read = (baseUrl: string) => readSettings(new ConfigReader({ rayService: { baseUrl } }));

  assert.deepEqual(read('https://ray.company.com/'), {
    baseUrl: 'https://ray.company.com',
    audience: 'https://ray.company.com',
    token: undefined,
    timeoutMs: 120_000,
  });
  assert.throws(() => read('ftp://ray.company.com'), /http or https/);
  assert.throws(() => read('https://ann:secret@ray.company.com'), (e: Error) => !e.message.includes('secret'));
  assert.throws(() => readSettings(new ConfigReader({ rayService: {} })), /rayService.baseUrl/);
});

test('events that stop without an end are an outage', async () => {
  service.respondWith({ stream: ': \n\nevent: status\nid: 7\ndata: {}\n\n' });
  const shortTimeout = new RayServiceClient(service.url, 200, undefined, 100);
  const seen: string[] = [];

  await assert.rejects(
    async () => {
      for await (const { event, id } of shortTimeout.events({ path: '/events', token: REQUEST.token, lastEventId: '6' })) {
        seen.push(`${event} ${id}`);
      }
    },
    (e: Error) => e instanceof ServiceUnavailableError && e.message.includes('/events broke off'),
  );

  assert.deepEqual(seen, ['comment undefined', 'status 7']);
  assert.equal(service.requests[0]?.headers['last-event-id'], '6');
});

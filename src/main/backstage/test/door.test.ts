import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ConfigReader } from '@backstage/config';
import { Door } from '../src/service/door';
import { Outage, Refusal } from '../src/service/problem';
import { readSettings } from '../src/service/settings';
import { FakeService } from './service';

const SECRET = 'a-token-that-nobody-may-see';
const REQUEST = { method: 'GET', path: '/x', token: () => Promise.resolve(SECRET) } as const;

let service: FakeService;
let door: Door;
before(async () => {
  service = await FakeService.start();
  door = new Door(service.url, 200, { tries: 2, firstPauseMs: 1, longestPauseMs: 1 });
});
after(() => {
  service.stop();
});
beforeEach(() => {
  service.seen.length = 0;
});

test('a redirect is refused, so that the token goes nowhere else', async () => {
  service.will({ status: 302, headers: { Location: `${service.url}/elsewhere` } });

  await assert.rejects(door.send(REQUEST), (e: Error) => e instanceof Refusal && e.message.includes('redirects'));
  assert.deepEqual(service.seen.map(s => s.path), ['/x']);
});

test('an error repeats nothing that is not a problem document of the service', async () => {
  for (const status of [401, 403, 500, 502]) {
    service.will({ status, headers: { 'Content-Type': 'text/html' }, body: `you sent ${SECRET}` });
    await assert.rejects(door.send(REQUEST), (e: Error) => {
      assert.ok(!e.message.includes(SECRET), e.message);
      return e instanceof (status < 500 ? Refusal : Outage);
    });
  }
});

test('a service that is not there is an outage', async () => {
  const gone = await FakeService.start();
  const url = gone.url;
  gone.stop();

  await assert.rejects(
    new Door(url, 200, { tries: 1, firstPauseMs: 1, longestPauseMs: 1 }).send(REQUEST),
    (e: Error) => e instanceof Outage && e.message === 'GET /x was not answered (ECONNREFUSED)',
  );
});

test('what cannot be read is an outage', async () => {
  service.will({ status: 200, body: '{"half":' }, { status: 200, body: { whole: true } });

  const { body } = await door.send<{ whole: boolean }>(REQUEST);

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
  service.will({ stream: ': \n\nevent: status\nid: 7\ndata: {}\n\n' });
  const impatient = new Door(service.url, 200, undefined, 100);
  const seen: string[] = [];

  await assert.rejects(
    async () => {
      for await (const { event, id } of impatient.events({ path: '/events', token: REQUEST.token, lastEventId: '6' })) {
        seen.push(`${event} ${id}`);
      }
    },
    (e: Error) => e instanceof Outage && e.message.includes('/events broke off'),
  );

  assert.deepEqual(seen, ['beat undefined', 'status 7']);
  assert.equal(service.seen[0]?.headers['last-event-id'], '6');
});

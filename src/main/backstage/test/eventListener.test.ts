import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { listenForEvents } from '../src/catalog/eventListener';
import { RayServiceClient } from '../src/service/client';
import { FakeService, events, type FakeResponse } from './fakeService';
import { logger } from './runAction';

let service: FakeService;
before(async () => {
  service = await FakeService.start();
});
after(() => {
  service.close();
});
beforeEach(() => {
  service.requests.length = 0;
});

function about(name: string) {
  return { rayService: { namespace: 'team-ml', name } };
}

/** Events of a connection that the service then closes. */
function connection(...all: Parameters<typeof events>): FakeResponse {
  return { status: 200, headers: { 'Content-Type': 'text/event-stream' }, body: events(...all) };
}

/** Listens for that many notifications: `namespace/name`, or `missed`. */
async function listen(count: number, log: string[] = [], maxMs = 5000): Promise<string[]> {
  const stop = new AbortController();
  const notified: string[] = [];
  const notify = (what: string) => {
    notified.push(what);
    if (notified.length === count) {
      stop.abort();
    }
  };
  await listenForEvents({
    client: new RayServiceClient(service.url, 2000),
    token: () => Promise.resolve('t'),
    onChange: notify,
    onMissedEvents: () => {
      notify('missed');
    },
    logger: logger(log),
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(maxMs)]),
    delays: { first: 1, max: 2 },
  });
  return notified;
}

test('a change is notified by its Ray Service, and a replay once when it is complete', async () => {
  service.respondWith(
    connection(
      { event: 'reset' },
      { event: 'status', data: about('replayed') },
      '',
      { event: 'complete', id: 'e-1' },
      { event: 'status', id: 'e-2', data: about('a') },
      '',
      { event: 'gone', id: 'e-3', data: about('b') },
    ),
  );

  assert.deepEqual(await listen(3), ['missed', 'team-ml/a', 'team-ml/b']);
  assert.equal(service.requests[0]?.headers.authorization, 'Bearer t');
});

test('a replay is not notified before it is complete: its last status may be newer than a refresh', async () => {
  service.respondWith({ stream: events({ event: 'reset' }, { event: 'status', data: about('a') }) });

  assert.deepEqual(await listen(1, [], 300), []);
  assert.equal(service.requests.length, 1);
});

test('a connection that breaks is resumed after its last event', async () => {
  service.respondWith(
    connection({ event: 'reset' }, { event: 'complete', id: 'e-1' }, { event: 'status', id: 'e-2', data: about('a') }),
    connection({ event: 'gone', id: 'e-3', data: about('b') }),
  );

  assert.deepEqual(await listen(3), ['missed', 'team-ml/a', 'team-ml/b']);
  assert.deepEqual(service.requests.map(r => r.headers['last-event-id']), [undefined, 'e-2']);
});

test('a replay that breaks starts again, and counts as missed events', async () => {
  service.respondWith(connection({ event: 'reset' }, { event: 'status', id: 'e-1', data: about('a') }));

  assert.deepEqual(await listen(2), ['missed', 'missed']);
  assert.deepEqual(service.requests.map(r => r.headers['last-event-id']), [undefined, undefined]);
});

test('a connection without any event counts as missed events, and is logged once', async () => {
  const log: string[] = [];
  service.respondWith({ status: 403, body: { title: 'May not read' } });

  assert.deepEqual(await listen(3, log), ['missed', 'missed', 'missed']);
  assert.deepEqual(log, [
    'warn cannot follow the events of Ray Services, connecting again: RequestRejectedError: May not read',
  ]);
});

test('an event without a Ray Service counts as missed events', async () => {
  service.respondWith(connection({ event: 'new-in-2027', data: 'other shape' }));

  assert.deepEqual(await listen(1), ['missed']);
});

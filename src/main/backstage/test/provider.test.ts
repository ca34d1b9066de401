import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Entity } from '@backstage/catalog-model';
import { RayServiceEntityProvider } from '../src/catalog/provider';
import { EntityReader } from '../src/catalog/read';
import { RayServiceClient } from '../src/service/client';
import { RequestRejectedError } from '../src/service/problem';
import { FakeCatalog, FakeTaskRunner, rayServiceEntity as entity } from './fakeCatalog';
import { FakeService } from './fakeService';
import { logger } from './runAction';

const { signal } = new AbortController();

let service: FakeService;
let catalog: FakeCatalog;
let scheduled: FakeTaskRunner;
let provider: RayServiceEntityProvider;
before(async () => {
  service = await FakeService.start();
});
after(() => {
  service.close();
});
beforeEach(async () => {
  service.requests.length = 0;
  catalog = new FakeCatalog();
  scheduled = new FakeTaskRunner();
  provider = newProvider();
  await provider.connect(catalog);
});

function newProvider(): RayServiceEntityProvider {
  const client = new RayServiceClient(service.url, 2000, { attempts: 1, firstDelayMs: 0, maxDelayMs: 0 });
  const reader = new EntityReader(client, () => Promise.resolve('t'));
  return new RayServiceEntityProvider('https://ray.company.com', reader, scheduled, logger([]));
}

function list(...items: Entity[]) {
  return { status: 200, body: { items } };
}

test('the scheduled task reads every page and replaces what the catalog has', async () => {
  service.respondWith(
    { status: 200, body: { items: [entity('a')], continue: 'team-ml/a' } },
    list(entity('b')),
    list(entity('b', 'Failed'), entity('c')),
  );

  await scheduled.trigger();
  assert.deepEqual(catalog.content, ['component:team-ml/a Accepted', 'component:team-ml/b Accepted']);
  await scheduled.trigger();

  assert.deepEqual(catalog.content, ['component:team-ml/b Failed', 'component:team-ml/c Accepted']);
  assert.equal(scheduled.taskId, 'rayservice:refresh');
  assert.deepEqual(service.requests.slice(0, 2).map(r => r.path), [
    '/api/v1/catalog/entities?limit=500',
    '/api/v1/catalog/entities?limit=500&continue=team-ml%2Fa',
  ]);
});

test('an entity has the address of its Ray Service as location', async () => {
  service.respondWith(list(entity('a')));

  await provider.refresh(signal);

  assert.equal(
    catalog.get('component:team-ml/a')?.metadata.annotations?.['backstage.io/managed-by-location'],
    'url:https://ray.company.com/api/v1/ray-services/team-ml/a',
  );
});

test('a Secret that two Ray Services name is one entity, until neither does', async () => {
  const secret: Entity = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Resource',
    metadata: { namespace: 'team-ml', name: 'secret.token' },
  };
  service.respondWith(list(entity('a'), secret, entity('b'), secret));
  await provider.refresh(signal);
  assert.equal(catalog.content.length, 3);
  assert.equal(
    catalog.get('resource:team-ml/secret.token')?.metadata.annotations?.['backstage.io/managed-by-location'],
    'url:https://ray.company.com/api/v1/ray-services',
  );

  service.respondWith(list(entity('a'), secret), list(entity('b'), secret));
  await provider.refreshOnly(['team-ml/a', 'team-ml/b'], signal);
  assert.equal(catalog.content.length, 3);

  service.respondWith(list(entity('a')), list(entity('a')));
  await provider.refreshOnly(['team-ml/a'], signal);
  assert.ok(catalog.get('resource:team-ml/secret.token'));
  await provider.refresh(signal);
  assert.equal(catalog.get('resource:team-ml/secret.token'), undefined);
});

test('a failed refresh changes nothing in the catalog', async () => {
  service.respondWith(list(entity('a'), entity('b')));
  await provider.refresh(signal);

  for (const response of ['disconnect' as const, { status: 503, body: {} }, { status: 200, body: '{"items":[' }]) {
    service.respondWith(response);
    await assert.rejects(provider.refresh(signal));
    await assert.rejects(provider.refreshOnly(['team-ml/a'], signal));
  }
  service.respondWith({ status: 200, body: { items: [entity('a')], continue: 'x' } }, 'disconnect');
  await assert.rejects(provider.refresh(signal));
  service.respondWith({ status: 403, body: {} });
  await assert.rejects(provider.refreshOnly(['team-ml/a'], signal), RequestRejectedError);

  assert.equal(catalog.mutations.length, 1);
});

test('a scheduled task that has timed out changes nothing in the catalog', async () => {
  service.respondWith(list(entity('a')));

  await assert.rejects(scheduled.trigger(AbortSignal.abort(new Error('timed out'))), /timed out/);

  assert.equal(catalog.mutations.length, 0);
});

test('one Ray Service is refreshed with all its entities', async () => {
  service.respondWith(
    list(entity('a'), entity('b'), entity('b', 'Accepted', 'API')),
    list(entity('b', 'Failed'), entity('b', 'Failed', 'API')),
    list(entity('b', 'Running')),
    { status: 404, body: { title: 'No such Ray Service' } },
  );
  await provider.refresh(signal);

  await provider.refreshOnly(['team-ml/b'], signal);
  assert.deepEqual(catalog.content, ['api:team-ml/b Failed', 'component:team-ml/a Accepted', 'component:team-ml/b Failed']);
  await provider.refreshOnly(['team-ml/b'], signal);
  assert.deepEqual(catalog.content, ['component:team-ml/a Accepted', 'component:team-ml/b Running']);
  await provider.refreshOnly(['team-ml/b'], signal);
  assert.deepEqual(catalog.content, ['component:team-ml/a Accepted']);

  assert.equal(service.requests[1]?.path, '/api/v1/catalog/entities/team-ml/b');
});

test('a replica that has refreshed nothing yet applies changes, deletions too', async () => {
  service.respondWith(list(entity('a'), entity('b')));
  await provider.refresh(signal);
  const replica = newProvider();
  await replica.connect(catalog);

  service.respondWith({ status: 404, body: {} }, list(entity('b', 'Running')));
  await replica.refreshOnly(['team-ml/a', 'team-ml/b'], signal);

  assert.deepEqual(catalog.content, ['component:team-ml/b Running']);
});

test('two replicas that apply the same change leave the catalog the same', async () => {
  const replica = newProvider();
  await replica.connect(catalog);
  service.respondWith(list(entity('a')));

  await provider.refreshOnly(['team-ml/a'], signal);
  await replica.refreshOnly(['team-ml/a'], signal);
  assert.deepEqual(catalog.content, ['component:team-ml/a Accepted']);

  service.respondWith({ status: 404, body: {} });
  await provider.refreshOnly(['team-ml/a'], signal);
  await replica.refreshOnly(['team-ml/a'], signal);
  assert.deepEqual(catalog.content, []);
});

test('a full refresh that overtakes the change of another replica is corrected by the same event', async () => {
  const replica = newProvider();
  await replica.connect(catalog);
  service.respondWith({ ...list(), delayMs: 100 }, list(entity('a')));

  const fullRefresh = provider.refresh(signal);
  while (service.requests.length === 0) {
    await pause(1);
  }
  await replica.refreshOnly(['team-ml/a'], signal);
  await Promise.all([fullRefresh, provider.refreshOnly(['team-ml/a'], signal)]);

  assert.deepEqual(catalog.mutations.map(m => m.type), ['delta', 'full', 'delta']);
  assert.deepEqual(catalog.content, ['component:team-ml/a Accepted']);
});

test('refreshes run one after the other, so that an older response does not follow a newer one', async () => {
  service.respondWith({ ...list(entity('a')), delayMs: 100 }, list(entity('a', 'Running')));

  await Promise.all([provider.refresh(signal), provider.refreshOnly(['team-ml/a'], signal)]);

  assert.deepEqual(catalog.mutations.map(m => m.type), ['full', 'delta']);
  assert.deepEqual(catalog.content, ['component:team-ml/a Running']);
});

test('a refresh before the catalog has connected is an error', async () => {
  await assert.rejects(newProvider().refresh(signal), /has not connected/);
});

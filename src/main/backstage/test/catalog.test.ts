import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Entity } from '@backstage/catalog-model';
import type { EntityProviderConnection, EntityProviderMutation } from '@backstage/plugin-catalog-node';
import { readEntities, readEntitiesOf } from '../src/catalog/read';
import { listen } from '../src/catalog/eventListener';
import { RayServiceStatusProcessor, STATUS_ANNOTATION } from '../src/catalog/processor';
import { RayServiceEntityProvider } from '../src/catalog/provider';
import { Upkeep } from '../src/catalog/upkeep';
import { RayServiceClient } from '../src/service/client';
import { FakeService, events } from './fakeService';
import { logger } from './runAction';

const TOKEN = () => Promise.resolve('t');

let service: FakeService;
let provider: RayServiceEntityProvider;
let mutations: EntityProviderMutation[];
before(async () => {
  service = await FakeService.start();
});
after(() => {
  service.close();
});
beforeEach(async () => {
  service.requests.length = 0;
  mutations = [];
  const client = new RayServiceClient(service.url, 500, { attempts: 1, firstDelayMs: 0, maxDelayMs: 0 });
  provider = new RayServiceEntityProvider('https://ray.company.com', {
    all: () => readEntities(client, TOKEN),
    of: rayService => readEntitiesOf(client, TOKEN, rayService),
  }, logger([]));
  await provider.connect({
    applyMutation: (mutation: EntityProviderMutation) => {
      mutations.push(mutation);
      return Promise.resolve();
    },
  } as unknown as EntityProviderConnection);
});

function entity(name: string, phase = 'Accepted'): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      namespace: 'team-ml',
      name,
      annotations: { [STATUS_ANNOTATION]: JSON.stringify({ phase, message: 'no room' }) },
    },
    spec: { type: 'ray-service' },
  };
}

function told(...items: Entity[]) {
  return { status: 200, body: { items } };
}

test('first everything is told, then what has changed, then nothing', async () => {
  service.respondWith(
    { status: 200, body: { items: [entity('a')], continue: 'team-ml/a' } },
    told(entity('b')),
    told(entity('a'), entity('b', 'Failed'), entity('c')),
    told(entity('a'), entity('c')),
  );

  for (let i = 0; i < 4; i++) {
    await provider.refresh();
  }

  assert.deepEqual(mutations.map(summary), ['full a,b', 'delta +b,c', 'delta - component:team-ml/b']);
  assert.deepEqual(service.requests.slice(0, 2).map(s => s.path), [
    '/api/v1/catalog/entities?limit=500',
    '/api/v1/catalog/entities?limit=500&continue=team-ml%2Fa',
  ]);
  const [first] = mutations;
  assert.equal(
    first?.type === 'full' && first.entities[0]?.entity.metadata.annotations?.['backstage.io/managed-by-location'],
    'url:https://ray.company.com/api/v1/ray-services/team-ml/a',
  );
});

function summary(mutation: EntityProviderMutation): string {
  const names = (mutation.type === 'full' ? mutation.entities : mutation.added).map(e => e.entity.metadata.name).join();
  if (mutation.type === 'full') {
    return `full ${names}`;
  }
  const removed = mutation.removed.map(e => ('entityRef' in e ? e.entityRef : '')).join();
  return `delta ${names && `+${names}`}${removed && `- ${removed}`}`;
}

test('while the service is away, or breaks off half-way, nothing disappears', async () => {
  service.respondWith(told(entity('a'), entity('b')));
  await provider.refresh();

  for (const answer of ['disconnect' as const, { status: 503, body: {} }, { status: 200, body: '{"items":[' }]) {
    service.respondWith(answer);
    await assert.rejects(provider.refresh());
  }
  service.respondWith({ status: 200, body: { items: [entity('a')], continue: 'x' } }, 'disconnect');
  await assert.rejects(provider.refresh());

  assert.equal(mutations.length, 1);
  service.respondWith(told(entity('a'), entity('b')));
  await provider.refresh();
  assert.equal(mutations.length, 1);
});

test('looks that overlap are taken one after the other', async () => {
  service.respondWith(told(entity('a')), told(entity('a'), entity('b')));

  await Promise.all([provider.refresh(), provider.refresh()]);

  assert.deepEqual(mutations.map(summary), ['full a', 'delta +b']);
});

test('the status is shown, and is an error only where a person has to look', async () => {
  const processor = new RayServiceStatusProcessor();

  const failed = await processor.postProcessEntity(entity('a', 'Failed'));
  const fine = await processor.postProcessEntity(entity('a', 'Running'));
  const foreign = await processor.postProcessEntity({ ...entity('a', 'Failed'), spec: { type: 'website' } });
  const broken = { ...entity('a'), metadata: { name: 'a', annotations: { [STATUS_ANNOTATION]: 'null' } } };

  assert.deepEqual(statusOf(failed), {
    phase: 'Failed',
    message: 'no room',
    items: [{ type: 'rayservice-scaffolder/phase', level: 'error', message: 'Failed: no room' }],
  });
  assert.deepEqual((statusOf(fine) as { items: unknown[] }).items, []);
  assert.equal(statusOf(foreign), undefined);
  assert.equal(await processor.postProcessEntity(broken), broken);
});

function statusOf(entity: Entity): unknown {
  return (entity as Entity & { status?: unknown }).status;
}

test('one that has changed is read by itself, with all that belongs to it', async () => {
  const api = { ...entity('b'), kind: 'API' };
  service.respondWith(
    told(entity('a'), entity('b'), api),
    told(entity('b', 'Failed'), api),
    told(entity('b', 'Failed')),
    { status: 404, body: { title: 'No such Ray Service' } },
  );
  await provider.refresh();

  for (let i = 0; i < 3; i++) {
    await provider.refreshOnly(['team-ml/b']);
  }

  assert.deepEqual(mutations.map(summary), [
    'full a,b,b',
    'delta +b',
    'delta - api:team-ml/b',
    'delta - component:team-ml/b',
  ]);
  assert.equal(service.requests[1]?.path, '/api/v1/catalog/entities/team-ml/b');
  service.respondWith({ status: 403, body: {} });
  await assert.rejects(provider.refreshOnly(['team-ml/a']));
  assert.equal(mutations.length, 4);
});

test('events say whom they concern, and after a break only what was missed is asked for', async () => {
  const stop = new AbortController();
  const hints: (string | undefined)[] = [];
  const about = (name: string) => ({ rayService: { namespace: 'team-ml', name } });
  const stream = (...all: Parameters<typeof events>) => ({
    status: 200,
    headers: { 'Content-Type': 'text/event-stream' },
    body: events(...all),
  });
  service.respondWith(
    'disconnect',
    { status: 404, body: {} },
    stream({ event: 'reset' }, { event: 'status', data: about('told-anew') }),
    stream(
      { event: 'reset' },
      { event: 'status', data: about('told-anew') },
      { event: 'complete', id: 'e-1' },
      { event: 'status', id: 'e-2', data: about('a') },
    ),
    stream('', { event: 'gone', id: 'e-3', data: about('b') }, { event: 'later', id: 'e-4', data: 'nothing known' }),
  );
  let signs = 0;

  const listening = listen({
    client: new RayServiceClient(service.url, 2000),
    token: TOKEN,
    signal: stop.signal,
    pauseMs: 1,
    onSign: () => {
      signs++;
    },
    onHint: rayService => {
      hints.push(rayService);
      if (hints.length === 5) {
        stop.abort();
      }
    },
  });
  await Promise.race([listening, pause(5000)]);

  assert.deepEqual(hints, [undefined, undefined, 'team-ml/a', 'team-ml/b', undefined]);
  assert.ok(signs > hints.length);
  assert.deepEqual(
    service.requests.slice(0, 5).map(s => s.headers['last-event-id']),
    [undefined, undefined, undefined, undefined, 'e-2'],
  );
  assert.equal(service.requests[0]?.headers.authorization, 'Bearer t');
});

/** Notes what it is asked to do. */
class Noting extends RayServiceEntityProvider {
  readonly looks: string[] = [];
  fails = false;

  constructor() {
    super('', { all: () => Promise.resolve([]), of: () => Promise.resolve([]) }, logger([]));
  }

  override refresh(): Promise<void> {
    return this.note('all');
  }

  override refreshOnly(rayServices: readonly string[]): Promise<void> {
    return this.note(rayServices.length > 3 ? `${rayServices.length} of them` : rayServices.join());
  }

  private note(what: string): Promise<void> {
    this.looks.push(what);
    return this.fails ? Promise.reject(new Error('away')) : Promise.resolve();
  }
}

test('what changed is looked at, and everything when that is due', async () => {
  const noting = new Noting();
  const stop = new AbortController();
  const log: string[] = [];
  let now = 0;
  const pace = { settle: 1, check: 1_000_000, whole: 600, silence: 60 };
  const upkeep = new Upkeep(noting, logger(log), stop.signal, pace, () => now);
  const settled = () => pause(20);
  upkeep.start();
  await settled();

  upkeep.hint('t/a');
  upkeep.hint('t/b');
  upkeep.hint('t/a');
  await settled();
  for (let i = 0; i < 51; i++) {
    upkeep.hint(`t/${i}`);
  }
  await settled();
  now = 50;
  upkeep.sign();
  upkeep.check();
  now = 100;
  upkeep.check();
  assert.deepEqual(noting.looks.splice(0), ['all', 't/a,t/b', 'all']);
  now = 200;
  upkeep.check();
  await settled();
  assert.deepEqual(noting.looks.splice(0), ['all'], 'in silence');
  now = 801;
  upkeep.sign();
  upkeep.check();
  await settled();
  assert.deepEqual(noting.looks.splice(0), ['all'], 'now and then');

  noting.fails = true;
  upkeep.hint('t/a');
  await settled();
  noting.fails = false;
  upkeep.check();
  await settled();
  assert.deepEqual(noting.looks, ['t/a', 'all'], 'after a failure');
  assert.match(log.join(), /stay as they are: Error: away/);
  stop.abort();
});

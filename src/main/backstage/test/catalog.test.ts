import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Entity } from '@backstage/catalog-model';
import type { EntityProviderConnection, EntityProviderMutation } from '@backstage/plugin-catalog-node';
import { readEntities } from '../src/catalog/feed';
import { listen } from '../src/catalog/hints';
import { RayServiceStatusProcessor, STATUS_ANNOTATION } from '../src/catalog/processor';
import { RayServiceProvider } from '../src/catalog/provider';
import { Door } from '../src/service/door';
import { FakeService, events } from './service';
import { logger } from './task';

const TOKEN = () => Promise.resolve('t');

let service: FakeService;
let provider: RayServiceProvider;
let mutations: EntityProviderMutation[];
before(async () => {
  service = await FakeService.start();
});
after(() => {
  service.stop();
});
beforeEach(async () => {
  service.seen.length = 0;
  mutations = [];
  const door = new Door(service.url, 500, { tries: 1, firstPauseMs: 0, longestPauseMs: 0 });
  provider = new RayServiceProvider('https://ray.company.com', () => readEntities(door, TOKEN), logger([]));
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
  service.will(
    { status: 200, body: { items: [entity('a')], continue: 'team-ml/a' } },
    told(entity('b')),
    told(entity('a'), entity('b', 'Failed'), entity('c')),
    told(entity('a'), entity('c')),
  );

  for (let i = 0; i < 4; i++) {
    await provider.refresh();
  }

  assert.deepEqual(mutations.map(summary), ['full a,b', 'delta +b,c', 'delta - component:team-ml/b']);
  assert.deepEqual(service.seen.slice(0, 2).map(s => s.path), [
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
  service.will(told(entity('a'), entity('b')));
  await provider.refresh();

  for (const answer of ['cut' as const, { status: 503, body: {} }, { status: 200, body: '{"items":[' }]) {
    service.will(answer);
    await assert.rejects(provider.refresh());
  }
  service.will({ status: 200, body: { items: [entity('a')], continue: 'x' } }, 'cut');
  await assert.rejects(provider.refresh());

  assert.equal(mutations.length, 1);
  service.will(told(entity('a'), entity('b')));
  await provider.refresh();
  assert.equal(mutations.length, 1);
});

test('looks that overlap are taken one after the other', async () => {
  service.will(told(entity('a')), told(entity('a'), entity('b')));

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

test('each connection and each event is a hint, and a lost connection is made again', async () => {
  const stop = new AbortController();
  let hints = 0;
  service.will('cut', { status: 404, body: {} }, {
    status: 200,
    headers: { 'Content-Type': 'text/event-stream' },
    body: events('', { event: 'reset' }, { event: 'status' }),
  });

  const listening = listen({
    door: new Door(service.url, 2000),
    token: TOKEN,
    signal: stop.signal,
    pauseMs: 1,
    onHint: () => {
      hints++;
      if (hints === 4) {
        stop.abort();
      }
    },
  });
  await Promise.race([listening, pause(5000)]);

  assert.equal(hints, 4);
  assert.ok(service.seen.length >= 4);
  assert.equal(service.seen[0]?.headers.authorization, 'Bearer t');
});

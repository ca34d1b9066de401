import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entity } from '@backstage/catalog-model';
import { LEFT_OUT_ANNOTATION, RayServiceStatusProcessor, STATUS_ANNOTATION } from '../src/catalog/processor';
import { rayServiceEntity as entity } from './fakeCatalog';

const processor = new RayServiceStatusProcessor();

function statusOf(entity: Entity): unknown {
  return (entity as Entity & { status?: unknown }).status;
}

test('a failed Ray Service has an error in its status', async () => {
  assert.deepEqual(statusOf(await processor.postProcessEntity(entity('a', 'Failed'))), {
    phase: 'Failed',
    message: 'no room',
    items: [{ type: 'rayservice-scaffolder/phase', level: 'error', message: 'Failed: no room' }],
  });
});

test('a running Ray Service has a status without errors', async () => {
  const running = await processor.postProcessEntity(entity('a', 'Running'));

  assert.deepEqual((statusOf(running) as { items: unknown[] }).items, []);
});

test('what the service does not show of a file is a warning', async () => {
  const running = entity('a', 'Running');
  const annotations = { ...running.metadata.annotations, [LEFT_OUT_ANNOTATION]: 'spec.notes is no field' };
  const edited = await processor.postProcessEntity({ ...running, metadata: { ...running.metadata, annotations } });

  assert.deepEqual((statusOf(edited) as { items: unknown[] }).items, [
    { type: 'rayservice-scaffolder/left-out', level: 'warning', message: 'not shown of catalog-info.yaml: spec.notes is no field' },
  ]);
});

test('an entity that is no Ray Service gets no status', async () => {
  const website = { ...entity('a', 'Failed'), spec: { type: 'website' } };

  assert.equal(await processor.postProcessEntity(website), website);
});

test('an annotation that is no status is ignored', async () => {
  for (const text of ['null', '{', '{"phase":1}', '[]']) {
    const malformed = { ...entity('a'), metadata: { name: 'a', annotations: { [STATUS_ANNOTATION]: text } } };

    assert.equal(await processor.postProcessEntity(malformed), malformed);
  }
});

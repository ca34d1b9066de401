import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { deleteAction } from '../src/actions/delete';
import { updateAction } from '../src/actions/update';
import { FakeService, PROPOSED } from './fakeService';
import { deps, runAction, type Checkpoints } from './runAction';

const REF = 'component:team-ml/text-ml-service';
const PATH = '/api/v1/ray-services/team-ml/text-ml-service';
const STORED = {
  status: 200,
  headers: { ETag: '"v1.0123456789abcdef"' },
  body: {
    spec: {
      name: 'text-ml',
      namespace: 'ray-system',
      replicas: 2,
      resources: { head: { cpu: '1', memory: '2Gi' }, worker: { cpu: '500m', memory: '1Gi', gpu: 0 } },
      createdBy: 'user:default/bob',
    },
    status: { version: 'v1' },
  },
};
const UPDATED = { status: 202, body: { ...PROPOSED, result: 'updated' } };

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

test('an update changes its fields and keeps the others, and the service keeps the creator', async () => {
  service.respondWith(STORED, UPDATED);

  const { output } = await runAction(updateAction(deps(service.url)), {
    entityRef: REF,
    spec: { replicas: 5, resources: { worker: { memory: '4Gi' } } },
  });

  const [, put] = service.requests;
  assert.equal(`${put?.method} ${put?.path}`, `PUT ${PATH}`);
  assert.equal(put?.headers['if-match'], '"v1"');
  assert.deepEqual(put.body, {
    spec: {
      name: 'text-ml',
      namespace: 'ray-system',
      replicas: 5,
      resources: { head: { cpu: '1', memory: '2Gi' }, worker: { cpu: '500m', memory: '4Gi', gpu: 0 } },
    },
  });
  assert.equal(output.result, 'updated');
});

test('a retried update sends the same request again', async () => {
  const checkpoints: Checkpoints = new Map();
  const input = { entityRef: REF, spec: { replicas: 5 } };
  service.respondWith(STORED, { status: 503, body: {} });
  await assert.rejects(runAction(updateAction(deps(service.url)), input, { checkpoints }), /answered 503/);

  service.respondWith(UPDATED);
  await runAction(updateAction(deps(service.url)), input, { checkpoints });

  const puts = service.requests.filter(s => s.method === 'PUT');
  assert.equal(puts.length, 5);
  for (const put of puts) {
    assert.deepEqual([put.headers['idempotency-key'], put.headers['if-match'], put.body], [
      puts[0]?.headers['idempotency-key'],
      '"v1"',
      puts[0]?.body,
    ]);
  }
});

test('an update warns about an open merge request and names its version', async () => {
  const proposal = { result: 'updated', version: 'v2', mergeRequest: PROPOSED.mergeRequest };
  service.respondWith({ ...STORED, body: { ...STORED.body, status: { proposal } } }, UPDATED);

  const { log } = await runAction(updateAction(deps(service.url)), { entityRef: REF, spec: { replicas: 5 } });

  assert.match(log[0] ?? '', /^warn Merge request !7 is open/);
  assert.equal(service.requests[1]?.headers['if-match'], '"v2"');
});

test('a file in Git that cannot be read is not updated', async () => {
  service.respondWith({ status: 200, body: { status: { problem: 'is no longer valid YAML' } } });

  await assert.rejects(
    runAction(updateAction(deps(service.url)), { entityRef: REF, spec: {} }),
    /rayservice.yaml in Git cannot be read: is no longer valid YAML/,
  );
});

test('a deletion is one request', async () => {
  service.respondWith({ status: 200, body: { ...PROPOSED, result: 'deleted', mergeRequest: undefined } });

  const { output } = await runAction(deleteAction(deps(service.url)), { entityRef: REF }, { id: 'abc' });

  assert.equal(`${service.requests[0]?.method} ${service.requests[0]?.path}`, `DELETE ${PATH}`);
  assert.equal(service.requests[0]?.headers['idempotency-key'], 'abc/delete/team-ml/text-ml-service');
  assert.equal(output.phase, 'Deleting');
});

test('only a Component is a Ray Service', async () => {
  await assert.rejects(
    runAction(deleteAction(deps(service.url)), { entityRef: 'group:default/team-ml' }),
    /a Ray Service is a Component in the catalog, not a group/,
  );
});

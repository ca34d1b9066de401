import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { deleteAction } from '../src/actions/delete';
import { restartAction } from '../src/actions/restart';
import { rollbackAction } from '../src/actions/rollback';
import { updateAction } from '../src/actions/update';
import { DRY_RUN, FakeService, PROPOSED } from './fakeService';
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

test('a dry run says what each change does to the running model', async () => {
  const changes = [
    { field: 'args', before: { size: 's' }, after: { size: 'l' }, effect: 'inPlace' },
    { field: 'runtimeEnv.pip', after: ['a\nb', 'x'.repeat(400)], effect: 'inPlace' },
    { field: 'ingress.host', before: 'a.company.com', after: '', effect: 'endpoints' },
    { field: 'gitlab.username', before: 'ann', after: 'bob', effect: 'none' },
    { field: 'fromTheFuture', before: 1, after: 2, effect: 'inParallel' },
  ];
  service.respondWith(STORED, { status: 200, body: { ...DRY_RUN, result: 'updated', diff: '+args', changes } });

  const { log } = await runAction(updateAction(deps(service.url)), { entityRef: REF, spec: {} }, { isDryRun: true });

  assert.deepEqual(log, [
    'info +args',
    'info spec.args: {"size":"s"} → {"size":"l"}: the running Ray cluster loads it',
    `info spec.runtimeEnv.pip: not set → ["a\\nb","${'x'.repeat(291)}…: the running Ray cluster loads it`,
    'info spec.ingress.host: "a.company.com" → "": the addresses change',
    'info spec.gitlab.username: "ann" → "bob": nothing that runs changes',
    'info spec.fromTheFuture: 1 → 2: inParallel',
    `info Ray Service team-ml/text-ml-service: would be updated on ${DRY_RUN.branch}`,
  ]);
});

test('a dry run says what the second Ray cluster of a change takes', async () => {
  const changes = [{ field: 'replicas', before: 2, after: 5, effect: 'newCluster' }];
  const preview = { ...DRY_RUN, result: 'updated', changes };
  const input = { entityRef: REF, spec: { replicas: 5 } };
  const cases = [
    [{ cpu: '3.5', memory: '7168Mi', gpu: 0 }, '3.5 CPU, 7168Mi memory'],
    [{ cpu: '3.5', memory: '7168Mi', gpu: 5 }, '3.5 CPU, 7168Mi memory, 5 GPU'],
    [
      { cpu: '3.5', memory: '7168Mi', gpu: 0, devices: { 'aws.amazon.com/neuroncore': 4 } },
      '3.5 CPU, 7168Mi memory, 4 aws.amazon.com/neuroncore',
    ],
  ] as const;
  for (const [secondCluster, text] of cases) {
    service.respondWith(STORED, { status: 200, body: { ...preview, diff: '+replicas: 5', secondCluster } });

    const { log } = await runAction(updateAction(deps(service.url)), input, { isDryRun: true });

    assert.deepEqual(log.slice(0, -1), [
      'info +replicas: 5',
      'info spec.replicas: 2 → 5: a second Ray cluster runs until it serves',
      `info KubeRay makes a second Ray cluster and goes over to it when it serves. Until then the cluster needs room for both: ${text} more.`,
    ]);
  }
});

test('a dry run of what an open merge request has already says so', async () => {
  const changes = [{ field: 'replicas', before: 2, after: 5, effect: 'newCluster' }];
  service.respondWith({ status: 200, body: { ...DRY_RUN, result: 'unchanged', changes } }, { status: 200, body: DRY_RUN });

  const proposed = await runAction(restartAction(deps(service.url)), { entityRef: REF }, { isDryRun: true });
  const accepted = await runAction(restartAction(deps(service.url)), { entityRef: REF }, { isDryRun: true });

  assert.equal(proposed.log[0], 'info nothing would change: it is proposed already');
  assert.equal(accepted.log[0], 'info nothing would change');
});

test('a restart and a rollback are requests of their own', async () => {
  service.respondWith(UPDATED, UPDATED);
  const commit = '95638b7a5ced3cdc8750a51b5c4d035de50c98dd';

  const restarted = await runAction(restartAction(deps(service.url)), { entityRef: REF });
  await runAction(rollbackAction(deps(service.url)), { entityRef: REF, commit });

  const [restart, rollback] = service.requests;
  assert.equal(`${restart?.method} ${restart?.path}`, `POST ${PATH}:restart`);
  assert.equal(restart?.body, undefined);
  assert.equal(`${rollback?.method} ${rollback?.path}`, `POST ${PATH}:rollback`);
  assert.deepEqual(rollback?.body, { commit });
  assert.notEqual(restart?.headers['idempotency-key'], rollback.headers['idempotency-key']);
  assert.equal(restarted.output.result, 'updated');
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

test('a Ray Service that Git does not have is not updated', async () => {
  service.respondWith({ status: 200, body: { status: { proposal: { mergeRequest: { ...PROPOSED.mergeRequest, state: 'closed' } } } } });

  await assert.rejects(
    runAction(updateAction(deps(service.url)), { entityRef: REF, spec: {} }),
    /^Error: Git does not have the Ray Service team-ml\/text-ml-service, so there is nothing to update$/,
  );
  assert.equal(service.requests.length, 1);
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

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { deleteAction } from '../src/actions/delete';
import { deployAction } from '../src/actions/deploy';
import { DRY_RUN, FakeService, PROPOSED, events, type FakeResponse } from './fakeService';
import { deps, runAction, type Checkpoints } from './runAction';

const INPUT = {
  namespace: 'team-ml',
  name: 'text-ml-service',
  spec: { name: 'text-ml', namespace: 'ray-system', gitlab: { hostname: 'gitlab.company.com', username: 'ml-team' } },
};
const EVENTS = '/api/v1/ray-services/team-ml/text-ml-service/events';
const WRITTEN: FakeResponse = { status: 201, headers: { ETag: '"v1"' }, body: PROPOSED };
const REVIEW = { url: PROPOSED.mergeRequest.url, state: 'opened', waitsFor: 'waits for approval' };
const TIME = { minutes: 1 };

const PENDING = status({ mergeRequest: REVIEW, phase: 'Proposed' });
const STARTING = status({ version: 'v1', phase: 'Starting', message: 'it is not ready' });
const RUNNING = status({ version: 'v1', phase: 'Running', message: 'all Serve applications run' });

function status(data: object, id?: string) {
  return {
    event: 'status',
    ...(id !== undefined && { id }),
    data: { reason: 'x', message: 'x', conditions: [], diagnosis: [], ...data },
  };
}

function all(...statuses: ReturnType<typeof status>[]): FakeResponse {
  return { stream: events({ event: 'reset' }, ...statuses, { event: 'complete', id: 'e-1' }) };
}

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

test('a step that waits follows the events until the model answers', async () => {
  service.respondWith(WRITTEN, {
    stream: events('', { event: 'reset' }, PENDING, { event: 'complete', id: 'e-1' }, STARTING, '', RUNNING),
  });

  const { log, output } = await runAction(deployAction(deps(service.url)), { ...INPUT, waitFor: 'running', timeout: TIME });

  assert.equal(output.phase, 'Running');
  assert.equal(output.version, 'v1');
  assert.equal(service.requests[1]?.path, EVENTS);
  assert.deepEqual(log.slice(4), [
    'info Waiting until it runs, for 1 min at most',
    'info Merge request !7 is open: waits for approval',
    'info Merge request !7 is merged',
    'info Starting: it is not ready',
    'info Running: all Serve applications run',
  ]);
});

test('the write has the token of the person, and the events have the token of the plugin', async () => {
  service.respondWith(WRITTEN, all(RUNNING));

  await runAction(deployAction(deps(service.url)), { ...INPUT, waitFor: 'merged' });

  assert.deepEqual(service.requests.map(s => s.headers.authorization), [
    'Bearer user:default/ann->https://rayservice.company.com',
    'Bearer plugin:catalog->https://rayservice.company.com',
  ]);
});

test('a connection that breaks is resumed after its last event', async () => {
  const broken: FakeResponse = {
    status: 200,
    headers: { 'Content-Type': 'text/event-stream' },
    body: events({ event: 'reset' }, PENDING, { event: 'complete', id: 'e-1' }, status({ ...STARTING.data }, 'e-2')),
  };
  service.respondWith(WRITTEN, broken, 'disconnect', { status: 503, body: { title: 'starting' } }, { stream: events(RUNNING) });

  const { log, output } = await runAction(deployAction(deps(service.url)), { ...INPUT, waitFor: 'running' });

  assert.equal(output.phase, 'Running');
  assert.deepEqual(service.requests.slice(1).map(s => s.headers['last-event-id']), [undefined, 'e-2', 'e-2', 'e-2']);
  assert.equal(log.filter(l => l.endsWith('; connecting again')).length, 2);
  assert.equal(log.filter(l => l.includes('Starting')).length, 1);
});

test('a rejected request fails the step', async () => {
  service.respondWith(WRITTEN, { status: 403, body: { title: 'May not read' } });

  await assert.rejects(runAction(deployAction(deps(service.url)), { ...INPUT, waitFor: 'merged' }), /^RequestRejectedError: May not read/);
});

test('a timeout names the last state, and that nothing is lost', async () => {
  service.respondWith(WRITTEN, all(PENDING));

  await assert.rejects(
    runAction(deployAction(deps(service.url)), { ...INPUT, waitFor: 'running', timeout: { seconds: 0.3 } }),
    (e: Error) => {
      assert.equal(
        e.message,
        'Waiting until it runs timed out after 1 s. Nothing is lost: retry the task to wait again.\n' +
          'Merge request !7 is open: waits for approval',
      );
      return true;
    },
  );
});

test('a task that is retried waits again and does not write again', async () => {
  const checkpoints: Checkpoints = new Map();
  service.respondWith(WRITTEN, all(PENDING));
  const input = { ...INPUT, waitFor: 'merged', timeout: { seconds: 0.3 } };
  await assert.rejects(runAction(deployAction(deps(service.url)), input, { checkpoints }));

  service.respondWith(all(RUNNING));
  const { output } = await runAction(deployAction(deps(service.url)), input, { checkpoints, expiresAt: new Date(1000) });

  assert.equal(output.phase, 'Running');
  assert.deepEqual(service.requests.map(s => s.method), ['POST', 'GET', 'GET']);
});

test('a cancelled task stops waiting', async () => {
  const cancel = new AbortController();
  service.respondWith(WRITTEN, all(PENDING));
  const task = runAction(deployAction(deps(service.url)), { ...INPUT, waitFor: 'merged' }, { signal: cancel.signal });
  while (service.requests.length < 2) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  cancel.abort(new Error('cancelled by ann'));

  await assert.rejects(task, /cancelled by ann/);
});

test('a dry run, and a step without waitFor, do not wait', async () => {
  service.respondWith({ status: 200, body: DRY_RUN });
  await runAction(deployAction(deps(service.url)), { ...INPUT, waitFor: 'running' }, { isDryRun: true });
  service.respondWith(WRITTEN);
  await runAction(deployAction(deps(service.url)), INPUT);

  assert.deepEqual(service.requests.map(s => s.method), ['POST', 'POST']);
});

test('an invalid timeout is refused before the write', async () => {
  for (const timeout of [{}, { minutes: -1 }, { days: 8 }]) {
    await assert.rejects(
      runAction(deployAction(deps(service.url)), { ...INPUT, waitFor: 'merged', timeout }),
      /^Error: timeout: .* must be above 0 and at most 7 days$/,
    );
  }
  assert.equal(service.requests.length, 0);
});

test('a deletion is complete when the service does not find the Ray Service either', async () => {
  const deleted: FakeResponse = { status: 202, body: { ...PROPOSED, result: 'deleted' } };
  const deleting = status({ phase: 'Deleting', message: 'still there: Namespace ray-system' });
  // The service has just started, and sends its events before it has read Git.
  service.respondWith(deleted, { stream: events({ event: 'reset' }, { event: 'complete', id: 'e-1' }, deleting, { event: 'gone' }) }, {
    status: 200,
    body: {},
  }, { status: 404, body: {} });

  const { output, log } = await runAction(deleteAction(deps(service.url)), {
    entityRef: 'component:team-ml/text-ml-service',
    waitFor: 'gone',
  });

  assert.equal(output.phase, 'Gone');
  assert.ok(log.includes('info Deleting: still there: Namespace ray-system'));
  assert.deepEqual(service.requests.map(s => s.path.replace(/.*text-ml-service/, '')), ['', '/events', '', '']);
});

test('a deletion is checked again when the service was unavailable for the check', async () => {
  const deleted: FakeResponse = { status: 202, body: { ...PROPOSED, result: 'deleted' } };
  const unavailable: FakeResponse = { status: 503, body: {} };
  service.respondWith(
    deleted,
    { stream: events({ event: 'reset' }, { event: 'complete', id: 'e-1' }) },
    ...Array<FakeResponse>(4).fill(unavailable),
    { stream: events('') },
    { status: 404, body: {} },
  );

  const { output } = await runAction(deleteAction(deps(service.url)), {
    entityRef: 'component:team-ml/text-ml-service',
    waitFor: 'gone',
  });

  assert.equal(output.phase, 'Gone');
});

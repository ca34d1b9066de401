import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { deleteAction } from '../src/actions/delete';
import { deployAction } from '../src/actions/deploy';
import { restartAction } from '../src/actions/restart';
import { rollbackAction } from '../src/actions/rollback';
import { updateAction } from '../src/actions/update';
import { FakeService, PROPOSED } from './fakeService';
import { deps, runAction } from './runAction';

const TOKEN = 'static-token';
const REF = 'component:team-ml/text-ml-service';
const NEW = { namespace: 'team-ml', name: 'text-ml-service', spec: { name: 'text-ml', namespace: 'ray-system' } };

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

test('a static token changes nothing, not even as a dry run, and the error names the settings', async () => {
  service.respondWith({ status: 200, body: { spec: { name: 'text-ml' }, status: { version: 'v1' } } });
  const own = deps(service.url, TOKEN);
  const tasks = [
    ...[false, true].map(isDryRun => () => runAction(deployAction(own), NEW, { isDryRun })),
    () => runAction(updateAction(own), { entityRef: REF, spec: { replicas: 5 } }),
    () => runAction(restartAction(own), { entityRef: REF }),
    () => runAction(rollbackAction(own), { entityRef: REF, commit: '0'.repeat(40) }),
    () => runAction(deleteAction(own), { entityRef: REF }),
  ];

  for (const task of tasks) {
    await assert.rejects(task, (e: Error) => {
      assert.match(e.message, /^rayService\.token reads and waits only: .*rayService\.tokenWrites: true$/);
      return !e.message.includes(TOKEN);
    });
  }

  // The update reads what there is before it changes it.
  assert.deepEqual(
    service.requests.map(({ method, headers }) => `${method} ${headers.authorization}`),
    [`GET Bearer ${TOKEN}`],
  );
});

test('a platform may let a static token write', async () => {
  service.respondWith({ status: 202, body: { ...PROPOSED, result: 'deleted' } });

  const { output } = await runAction(deleteAction(deps(service.url, TOKEN, true)), { entityRef: REF });

  assert.equal(output.result, 'deleted');
  assert.equal(service.requests[0]?.headers.authorization, `Bearer ${TOKEN}`);
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { deployAction } from '../src/actions/deploy';
import { DRY_RUN, FakeService, INVALID, PROPOSED } from './fakeService';
import { deps, runAction, type Checkpoints } from './runAction';

const INPUT = {
  namespace: 'team-ml',
  name: 'text-ml-service',
  spec: { name: 'text-ml', namespace: 'ray-system', gitlab: { hostname: 'gitlab.company.com', username: 'ml-team' } },
};

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

test('a form becomes one request on behalf of the person who started the task', async () => {
  service.respondWith({ status: 201, body: PROPOSED });

  const { output, log } = await runAction(deployAction(deps(service.url)), INPUT, { id: 'abc' });

  assert.equal(service.requests.length, 1);
  const [seen] = service.requests;
  assert.equal(seen?.method, 'POST');
  assert.equal(seen.path, '/api/v1/ray-services');
  assert.equal(seen.headers.authorization, 'Bearer user:default/ann->https://rayservice.company.com');
  assert.equal(seen.headers['idempotency-key'], 'abc/deploy/team-ml/text-ml-service');
  assert.deepEqual(seen.body, { metadata: { namespace: 'team-ml', name: 'text-ml-service' }, spec: INPUT.spec });
  assert.deepEqual(output, {
    result: 'created',
    phase: 'Proposed',
    entityRef: 'component:team-ml/text-ml-service',
    branch: PROPOSED.branch,
    commit: PROPOSED.commit,
    mergeRequestUrl: PROPOSED.mergeRequest.url,
    mergeRequestNumber: 7,
    serveUrl: PROPOSED.links.serve,
    dashboardUrl: PROPOSED.dashboard.url,
    dashboardTokenCommand: PROPOSED.dashboard.tokenCommand,
  });
  assert.deepEqual(log, [
    `info Ray Service team-ml/text-ml-service: created on ${PROPOSED.branch}`,
    `info Ray dashboard: ${PROPOSED.dashboard.url}`,
    `info Token of the Ray dashboard, once the Ray cluster runs: ${PROPOSED.dashboard.tokenCommand}`,
    `info Merge request !7: ${PROPOSED.mergeRequest.url}`,
  ]);
});

test('a dashboard without a URL is reached by a port-forward', async () => {
  const dashboard = { tokenCommand: PROPOSED.dashboard.tokenCommand, portForwardCommand: 'kubectl -n ray-system port-forward' };
  service.respondWith({ status: 201, body: { ...PROPOSED, dashboard } });

  const { output, log } = await runAction(deployAction(deps(service.url)), INPUT);

  assert.equal(output.dashboardUrl, undefined);
  assert.equal(output.dashboardPortForwardCommand, dashboard.portForwardCommand);
  assert.equal(log[1], `info Ray dashboard: ${dashboard.portForwardCommand}, then http://localhost:8265`);
});

test('the log says what the hardware is estimated to cost', async () => {
  service.respondWith({ status: 201, body: { ...PROPOSED, estimatedMonthlyCost: { minimum: 730, maximum: 1460.5, currency: 'EUR' } } });
  const range = await runAction(deployAction(deps(service.url)), INPUT);
  service.respondWith({ status: 201, body: { ...PROPOSED, estimatedMonthlyCost: { minimum: 730, maximum: 730, currency: 'EUR' } } });
  const fixed = await runAction(deployAction(deps(service.url)), INPUT);

  assert.equal(range.log[1], 'info Estimated monthly cost of the hardware: 730.00 to 1460.50 EUR');
  assert.equal(fixed.log[1], 'info Estimated monthly cost of the hardware: 730.00 EUR');
});

test('what a form shows and a person left empty is not sent', async () => {
  service.respondWith({ status: 201, body: PROPOSED });
  const spec = {
    ...INPUT.spec,
    args: '{}',
    runtimeEnv: { pip: [], envVars: [] },
    deployments: [
      { name: 'A', autoscalingConfig: {}, rayActorOptions: { numCpus: 0.5 }, userConfig: { kept: {} } },
      { name: 'B', autoscalingConfig: { maxReplicas: 2 }, rayActorOptions: {} },
    ],
    autoscaling: {},
  };

  await runAction(deployAction(deps(service.url)), { ...INPUT, spec });

  assert.deepEqual((service.requests[0]?.body as { spec: unknown }).spec, {
    ...INPUT.spec,
    args: '{}',
    deployments: [
      { name: 'A', rayActorOptions: { numCpus: 0.5 }, userConfig: { kept: {} } },
      { name: 'B', autoscalingConfig: { maxReplicas: 2 } },
    ],
  });
});

test('a Secret that a person chose from the catalog is sent by its own name', async () => {
  service.respondWith({ status: 201, body: PROPOSED });
  const secrets = [
    { name: 'resource:team-ml/secret.hugging-face', use: 'environment' },
    { name: 'secret.typed', use: 'netrc' },
  ];

  await runAction(deployAction(deps(service.url)), { ...INPUT, spec: { ...INPUT.spec, secrets } });

  assert.deepEqual((service.requests[0]?.body as { spec: { secrets: unknown } }).spec.secrets, [
    { name: 'hugging-face', use: 'environment' },
    { name: 'secret.typed', use: 'netrc' },
  ]);
});

test('a Secret of another team is refused before anything is sent', async () => {
  const secrets = [{ name: 'resource:team-web/secret.token', use: 'environment' }];

  await assert.rejects(
    runAction(deployAction(deps(service.url)), { ...INPUT, spec: { ...INPUT.spec, secrets } }),
    /spec\.secrets: token is a Secret of team-web; a Ray Service of team-ml gets Secrets of team-ml only/,
  );
  assert.equal(service.requests.length, 0);
});

test('violations are logged field by field, and the request is not sent again', async () => {
  service.respondWith({ status: 422, body: INVALID });

  await assert.rejects(runAction(deployAction(deps(service.url)), INPUT), (e: Error & { log: string[] }) => {
    assert.match(e.message, /^The form breaks rules: 2 violations; nothing was written\n/);
    assert.deepEqual(e.log, [
      'error spec.namespace: "kube-system" must not be a protected namespace',
      'error spec.gitlab.username: is required',
    ]);
    return true;
  });
  assert.equal(service.requests.length, 1);
});

test('the error names the Ray Service that holds the name', async () => {
  const heldBy = { namespace: 'team-a', name: 'x', branch: 'main', value: 'host/text-ml' };
  service.respondWith({ status: 409, body: { title: 'Held by another Ray Service', heldBy } });

  await assert.rejects(runAction(deployAction(deps(service.url)), INPUT), /held by team-a\/x on main: host\/text-ml/);
});

test('a request is sent again with the same key while the service is unavailable', async () => {
  service.respondWith('disconnect', { status: 503, headers: { 'Retry-After': '0' }, body: { title: 'GitLab is busy' } }, {
    status: 201,
    body: PROPOSED,
  });

  const { log, output } = await runAction(deployAction(deps(service.url)), INPUT);

  assert.equal(output.result, 'created');
  assert.equal(new Set(service.requests.map(s => s.headers['idempotency-key'])).size, 1);
  assert.equal(service.requests.length, 3);
  assert.match(log[0] ?? '', /^warn POST \/api\/v1\/ray-services was not answered \(\w+\); trying again in 1 s$/);
  assert.match(log[1] ?? '', /was answered 503 \(GitLab is busy\)/);
});

test('a retry of a failed task sends the same key', async () => {
  const checkpoints: Checkpoints = new Map();
  service.respondWith({ status: 503, body: { title: 'away' } });
  await assert.rejects(runAction(deployAction(deps(service.url)), INPUT, { checkpoints }), /answered 503 \(away\)/);
  assert.equal(service.requests.length, 4);

  service.respondWith({ status: 201, body: PROPOSED });
  await runAction(deployAction(deps(service.url)), INPUT, { checkpoints });
  const again = await runAction(deployAction(deps(service.url)), INPUT, { checkpoints });

  assert.equal(service.requests.length, 5);
  assert.equal(new Set(service.requests.map(s => s.headers['idempotency-key'])).size, 1);
  assert.equal(again.output.mergeRequestNumber, 7);
});

test('a cancelled task sends no further request', async () => {
  const cancel = new AbortController();
  service.respondWith({ status: 503, headers: { 'Retry-After': '60' }, body: {} });
  const task = runAction(deployAction(deps(service.url)), INPUT, { signal: cancel.signal });
  cancel.abort(new Error('cancelled'));

  await assert.rejects(task, /cancelled|aborted/);
});

test('a dry run writes the files to the workspace and changes nothing in Git', async () => {
  const path = 'rayservices/team-ml/text-ml-service/rayservice.yaml';
  const files = { [path]: 'kind: RayService\n' };
  service.respondWith({ status: 200, body: { ...DRY_RUN, files, diff: '+kind' } });

  const { workspacePath, log, output } = await runAction(deployAction(deps(service.url)), INPUT, { isDryRun: true });

  assert.equal(service.requests[0]?.path, '/api/v1/ray-services?dryRun=All');
  assert.equal(service.requests[0].headers['idempotency-key'], undefined);
  assert.equal(await readFile(join(workspacePath, path), 'utf8'), 'kind: RayService\n');
  assert.deepEqual(log, ['info +kind', `info Ray Service team-ml/text-ml-service: would be created on ${PROPOSED.branch}`]);
  assert.equal(output.commit, undefined);
});

test('a dry run writes nothing outside the workspace', async () => {
  service.respondWith({ status: 200, body: { ...DRY_RUN, files: { '../escaped': 'x' } } });

  await assert.rejects(runAction(deployAction(deps(service.url)), INPUT, { isDryRun: true }), /outside/);
});

test('an expired sign-in is an error before any request', async () => {
  for (const expiresAt of [new Date(1000), new Date(1000).toISOString()]) {
    await assert.rejects(
      runAction(deployAction(deps(service.url)), INPUT, { expiresAt }),
      /expired at 1970-01-01T00:00:01.000Z: sign in again and retry the task/,
    );
  }
  assert.equal(service.requests.length, 0);
});

test('every input field has a description with an example', () => {
  const input = deployAction(deps(service.url)).schema?.input as unknown as Schema;
  const flat = fields(input, '');

  assert.ok(flat.length > 15, String(flat.length));
  for (const [path, field] of flat) {
    assert.match(field.description ?? '', field.properties ? /\w/ : /Example: \S/, path);
  }
});

interface Schema {
  readonly description?: string;
  readonly properties?: Record<string, Schema>;
}

function fields(schema: Schema, prefix: string): [string, Schema][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    [prefix + name, field] as [string, Schema],
    ...fields(field, `${prefix}${name}.`),
  ]);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress, WaitFailedError, type WaitTarget } from '../src/actions/progress';
import type { StatusEvent } from '../src/service/types';

const MR = 'https://gitlab.company.com/platform/gitops/-/merge_requests/7';
const OTHER = 'https://gitlab.company.com/platform/gitops/-/merge_requests/';
const UPDATE: WaitTarget = { goal: 'running', deletes: false, version: 'new', mergeRequestUrl: MR };
const COMMENT = { event: 'comment', data: '' };

const IMAGE = {
  problem: 'ImagePull',
  message: 'the image of worker text-ml cannot be pulled',
  evidence: ['manifest unknown'],
  nextStep: 'Check spec.ray.image.',
};

function status(changes: Partial<StatusEvent> = {}): { event: string; data: string } {
  const running: StatusEvent = {
    version: 'new',
    phase: 'Running',
    reason: 'Ready',
    message: 'all Serve applications run',
    conditions: [],
    diagnosis: [],
    ...changes,
  };
  return { event: 'status', data: JSON.stringify(running) };
}

/** The old version runs while its update is reviewed. */
function underReview(waitsFor: string): { event: string; data: string } {
  return status({ version: 'old', mergeRequest: { url: MR, state: 'opened', waitsFor } });
}

interface TestProgress {
  readonly progress: Progress;
  readonly log: string[];
  readonly advance: (ms: number) => void;
}

function testProgress(changes: Partial<WaitTarget> = {}): TestProgress {
  const log: string[] = [];
  let now = 0;
  const progress = new Progress({ ...UPDATE, ...changes }, (level, line) => log.push(`${level} ${line}`), () => now);
  return { progress, log, advance: ms => void (now += ms) };
}

test('the version that runs during the review does not reach the goal', () => {
  const { progress, log } = testProgress();

  assert.equal(progress.handle(underReview('waits for approval')), undefined);
  assert.equal(progress.handle(underReview('waits for approval')), undefined);
  assert.equal(progress.handle(underReview('its pipeline is still running')), undefined);
  assert.equal(
    progress.handle(status({ phase: 'Updating', message: 'Argo CD has not compared it yet', mergeRequest: { url: MR, state: 'merged' } })),
    undefined,
  );
  assert.equal(progress.handle(status()), 'reached');

  assert.deepEqual(log, [
    'info Merge request !7 is open: waits for approval',
    'info Merge request !7 is open: its pipeline is still running',
    'info Merge request !7 is merged',
    'info Updating: Argo CD has not compared it yet',
    'info Running: all Serve applications run',
  ]);
});

test('a merged merge request is accepted, even if a reviewer has changed its version', () => {
  const { progress } = testProgress({ goal: 'merged' });

  assert.equal(progress.handle(status({ version: 'edited', mergeRequest: { url: MR, state: 'merged' } })), 'reached');
});

test('a change without a merge request is accepted when Git has its version', () => {
  const { progress, log } = testProgress({ mergeRequestUrl: undefined });

  assert.equal(progress.handle(status({ version: 'old' })), undefined);
  assert.equal(progress.handle(status()), 'reached');
  assert.equal(log[0], 'info The change is committed; the service has not read it from Git yet');
});

test('a merge request that is closed or replaced fails the step', () => {
  assert.throws(
    () => testProgress().progress.handle(status({ version: 'old', mergeRequest: { url: MR, state: 'closed' } })),
    (e: Error) => e instanceof WaitFailedError && e.message === `Merge request !7 was closed without a merge: ${MR}`,
  );
  assert.throws(
    () => testProgress().progress.handle(status({ version: 'old', mergeRequest: { url: `${OTHER}10`, state: 'opened' } })),
    /Merge request !10 replaced !7/,
  );
  assert.equal(
    testProgress().progress.handle(status({ version: 'old', mergeRequest: { url: `${OTHER}6`, state: 'closed' } })),
    undefined,
  );
});

test('a lasting failure fails the step with its diagnosis', () => {
  const { progress, log, advance } = testProgress();
  const failed = status({ phase: 'Failed', reason: 'X', message: 'no head', diagnosis: [IMAGE] });
  progress.handle(failed);
  advance(14_999);
  assert.equal(progress.handle(COMMENT), undefined);
  advance(1);

  assert.throws(() => progress.handle(COMMENT), {
    name: 'WaitFailedError',
    message:
      'Failed: no head\nImagePull: the image of worker text-ml cannot be pulled\n  manifest unknown\n  Check spec.ray.image.',
  });
  assert.deepEqual(log.slice(1), [
    'info Failed: no head',
    'warn ImagePull: the image of worker text-ml cannot be pulled: manifest unknown',
  ]);
});

test('the log says what the system said, in one line for each finding', () => {
  const { progress, log } = testProgress();
  const said = (...evidence: string[]) =>
    status({ phase: 'Starting', message: 'it starts', diagnosis: [{ ...IMAGE, evidence }] });
  progress.handle(said());
  progress.handle(said('OSError: no weights\n  in line 2', 'more'));
  progress.handle(said('OSError: no weights', 'more'));

  assert.deepEqual(log.slice(1), [
    'info Starting: it starts',
    'warn ImagePull: the image of worker text-ml cannot be pulled',
    'warn ImagePull: the image of worker text-ml cannot be pulled: OSError: no weights',
  ]);
});

test('a finding is logged again when its line changes or it is back, not when its evidence changes', () => {
  const { progress, log } = testProgress();
  const failing = (message: string, ...evidence: string[]) =>
    progress.handle(status({ phase: 'Starting', message, diagnosis: [{ ...IMAGE, message: 'the head crashes', evidence }] }));
  failing('it starts', 'Error, exit code 137, 7 restarts');
  failing('it starts', 'Error, exit code 137, 8 restarts');
  failing('it still starts', 'Error, exit code 137, 9 restarts');
  failing('it still starts');
  failing('it still starts', 'Error, exit code 137, 9 restarts');
  progress.handle(status({ phase: 'Starting', message: 'it still starts', diagnosis: [IMAGE] }));
  failing('it still starts', 'Error, exit code 137, 10 restarts');

  assert.deepEqual(log.slice(1), [
    'info Starting: it starts',
    'warn ImagePull: the head crashes: Error, exit code 137, 7 restarts',
    'info Starting: it still starts',
    'warn ImagePull: the image of worker text-ml cannot be pulled: manifest unknown',
    'warn ImagePull: the head crashes: Error, exit code 137, 10 restarts',
  ]);
});

test('findings that differ only in their evidence are one line', () => {
  const { progress, log } = testProgress();
  progress.handle(status({ phase: 'Failed', message: 'x', diagnosis: [IMAGE, { ...IMAGE, evidence: ['denied'] }] }));

  assert.deepEqual(log.slice(2), ['warn ImagePull: the image of worker text-ml cannot be pulled: manifest unknown']);
});

test('a short failure does not fail the step, and a degraded phase may last longer', () => {
  const { progress, advance } = testProgress();
  progress.handle(status({ phase: 'Failed' }));
  advance(10_000);
  progress.handle(status({ phase: 'Starting' }));
  advance(60_000);
  progress.handle(status({ phase: 'Failed' }));
  advance(10_000);
  progress.handle(status({ phase: 'Degraded' }));
  advance(119_000);
  assert.equal(progress.handle(COMMENT), undefined);
  advance(1000);

  assert.throws(() => progress.handle(COMMENT), WaitFailedError);
});

test('a failure before Argo CD has compared the new version does not count', () => {
  const { progress, advance } = testProgress();
  const conditions = (argoCd: string) => [
    { source: 'Git', since: '2026-11-20T10:00:00Z' },
    { source: 'Argo CD', since: argoCd },
  ];
  progress.handle(status({ phase: 'Failed', conditions: conditions('2026-11-20T09:59:59Z') }));
  advance(600_000);
  assert.equal(progress.handle(COMMENT), undefined);
  progress.handle(status({ phase: 'Failed', conditions: conditions('2026-11-20T10:00:01Z') }));
  advance(15_000);

  assert.throws(() => progress.handle(COMMENT), WaitFailedError);
});

test('a service that watches no cluster fails the step at once', () => {
  const blind = status({ phase: 'Accepted', reason: 'ClusterNotWatched' });

  assert.throws(() => testProgress().progress.handle(blind), /watches no cluster/);
  assert.equal(testProgress({ goal: 'merged' }).progress.handle(blind), 'reached');
});

test('a deletion is accepted without a version, and complete when the Ray Service is gone', () => {
  const { progress, log } = testProgress({ goal: 'gone', deletes: true, version: undefined });
  const deleting = { phase: 'Deleting', reason: 'RemovedFromGit', message: 'still there: Namespace ray-system' };

  assert.equal(progress.handle(underReview('waits for approval')), undefined);
  assert.equal(progress.handle({ event: 'status', data: JSON.stringify({ ...deleting, conditions: [], diagnosis: [] }) }), undefined);
  assert.equal(progress.handle({ event: 'gone', data: '{}' }), 'absent');

  assert.deepEqual(log, [
    'info Merge request !7 is open: waits for approval',
    'info Merge request !7 is merged',
    'info Deleting: still there: Namespace ray-system',
  ]);
});

test('a Ray Service is absent when a replay is complete without it, and stays absent', () => {
  const { progress } = testProgress({ goal: 'gone', deletes: true });
  progress.handle(underReview('x'));
  assert.equal(progress.handle({ event: 'reset', data: '{}' }), undefined);
  assert.equal(progress.handle(COMMENT), undefined);

  assert.equal(progress.handle({ event: 'complete', data: '{}' }), 'absent');
  assert.equal(progress.handle(COMMENT), 'absent');
});

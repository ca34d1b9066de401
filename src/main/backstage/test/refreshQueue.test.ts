import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { RefreshQueue } from '../src/catalog/refreshQueue';
import { logger } from './runAction';

const DELAYS = { batch: 5, retry: 50 };

/** Records its refreshes. */
class FakeProvider {
  readonly refreshes: string[] = [];
  /** How many refreshes fail from now on. */
  failures = 0;

  refresh(): Promise<void> {
    return this.record('all');
  }

  refreshOnly(rayServices: readonly string[]): Promise<void> {
    return this.record(rayServices.join());
  }

  private record(what: string): Promise<void> {
    this.refreshes.push(what);
    return this.failures-- > 0 ? Promise.reject(new Error('no connection')) : Promise.resolve();
  }
}

let provider: FakeProvider;
let log: string[];
let stop: AbortController;
let queue: RefreshQueue;
beforeEach(() => {
  provider = new FakeProvider();
  log = [];
  stop = new AbortController();
  queue = new RefreshQueue(provider, logger(log), stop.signal, DELAYS);
});

async function refreshes(count: number): Promise<string[]> {
  while (provider.refreshes.length < count) {
    await pause(1);
  }
  await pause(2 * DELAYS.batch);
  return provider.refreshes;
}

test('changes within a short time are one batch', async () => {
  queue.add('t/a');
  queue.add('t/b');
  queue.add('t/a');
  assert.deepEqual(await refreshes(1), ['t/a,t/b']);

  queue.add('t/c');
  assert.deepEqual(await refreshes(2), ['t/a,t/b', 't/c']);
});

test('a change of everything, and a large batch, is one full refresh', async () => {
  queue.add('t/a');
  queue.addAll();
  assert.deepEqual(await refreshes(1), ['all']);

  for (let i = 0; i < 51; i++) {
    queue.add(`t/${i}`);
  }
  assert.deepEqual(await refreshes(2), ['all', 'all']);
});

test('a failed refresh is logged, and repeated for everything', async () => {
  provider.failures = 1;
  queue.add('t/a');

  assert.deepEqual(await refreshes(2), ['t/a', 'all']);
  await pause(2 * DELAYS.retry);
  assert.equal(provider.refreshes.length, 2);
  assert.deepEqual(log, ['warn cannot refresh the Ray Services in the catalog, which stay as they are: Error: no connection']);
});

test('a change after a failure does not wait for the retry', async () => {
  queue = new RefreshQueue(provider, logger(log), stop.signal, { batch: 5, retry: 60_000 });
  provider.failures = 1;
  queue.add('t/a');
  await refreshes(1);
  queue.add('t/b');

  assert.deepEqual(await refreshes(2), ['t/a', 'all']);
  stop.abort();
});

test('a queue that was stopped refreshes nothing', async () => {
  queue.add('t/a');
  stop.abort();
  queue.add('t/b');
  await pause(4 * DELAYS.batch);

  assert.deepEqual(provider.refreshes, []);
});

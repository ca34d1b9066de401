import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigReader } from '@backstage/config';
import { readSettings } from '../src/service/settings';

const BASE_URL = 'https://ray.company.com';

function read(section: object) {
  return readSettings(new ConfigReader({ rayService: { ...section } }));
}

test('only the address is required', () => {
  assert.deepEqual(read({ baseUrl: `${BASE_URL}/` }), {
    baseUrl: BASE_URL,
    audience: BASE_URL,
    token: undefined,
    tokenWrites: false,
    timeoutMs: 120_000,
  });
  assert.throws(() => read({}), /rayService.baseUrl/);
});

test('an address of another kind is refused, and its password is not repeated', () => {
  assert.throws(() => read({ baseUrl: 'ftp://ray.company.com' }), /must be an https address/);
  assert.throws(() => read({ baseUrl: 'https://ann:secret@ray.company.com' }), (e: Error) => !e.message.includes('secret'));
});

test('no token leaves over plain http but to loopback, and to the cluster where the platform says so', () => {
  for (const baseUrl of ['http://ray.company.com', 'http://svc', 'http://ray.svc.company.com', 'http://ray.default.svc.cluster.local.company.com']) {
    for (const httpInCluster of [false, true]) {
      assert.throws(() => read({ baseUrl, httpInCluster }), /^Error: rayService.baseUrl must be an https address.* not http:\/\//);
    }
  }
  for (const baseUrl of ['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080']) {
    assert.equal(read({ baseUrl }).baseUrl, baseUrl);
  }
  for (const baseUrl of ['http://ray.rayservice-scaffolder.svc', 'http://ray.rayservice-scaffolder.svc.cluster.local:8080']) {
    assert.equal(read({ baseUrl, httpInCluster: true }).baseUrl, baseUrl);
    assert.throws(() => read({ baseUrl }), /rayService.httpInCluster: true/);
  }
});

test('a token that is no header value is refused, and is not repeated', () => {
  assert.throws(() => read({ baseUrl: BASE_URL, token: 'secret\n' }), (e: Error) => {
    assert.match(e.message, /^rayService.token must be/);
    return !e.message.includes('secret');
  });
});

test('a timeout that is no time is refused', () => {
  assert.equal(read({ baseUrl: BASE_URL, timeoutSeconds: 0.5 }).timeoutMs, 500);
  for (const timeoutSeconds of [0, -1, 3601]) {
    assert.throws(() => read({ baseUrl: BASE_URL, timeoutSeconds }), /^Error: rayService.timeoutSeconds must be above 0/);
  }
});

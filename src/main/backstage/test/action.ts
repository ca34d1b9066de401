import type { JsonObject } from '@backstage/types';
import { deleteAction } from '../src/actions/delete';
import { deployAction } from '../src/actions/deploy';
import { updateAction } from '../src/actions/update';
import { RayServiceClient } from '../src/service/client';
import { deps, runAction } from './runAction';

const ACTIONS = { deploy: deployAction, update: updateAction, delete: deleteAction };

/**
 * Runs one action against a running service, for tests in other languages:
 * `node build/test/action.js deploy|update|delete <base URL> <token> <input as JSON>`. It prints the log of the task and
 * then its output as JSON, or `failed:` and the error.
 */
async function main([name, baseUrl = '', token, input = '{}']: string[]): Promise<void> {
  const client = new RayServiceClient(baseUrl, 30_000);
  const action = ACTIONS[name as keyof typeof ACTIONS]({ ...deps(baseUrl, token, true), client });
  try {
    const { log, output } = await runAction(action, JSON.parse(input) as JsonObject, { id: `${name}-${process.pid}` });
    console.log([...log, JSON.stringify(output)].join('\n'));
  } catch (e) {
    const { log = [], message } = e as Error & { log?: string[] };
    console.log([...log, `failed: ${message}`].join('\n'));
  }
}

// The test runner loads every file of this directory, without arguments.
if (process.argv.length > 2) {
  void main(process.argv.slice(2));
}

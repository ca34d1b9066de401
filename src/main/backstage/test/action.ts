import type { JsonObject } from '@backstage/types';
import { deleteAction } from '../src/actions/delete';
import { deployAction } from '../src/actions/deploy';
import { updateAction } from '../src/actions/update';
import { Door } from '../src/service/door';
import { run, tools } from './task';

const ACTIONS = { deploy: deployAction, update: updateAction, delete: deleteAction };

/**
 * Runs one action against a service that is there, for tests that have one:
 * `node build/test/action.js deploy|update|delete <base URL> <token> <input as JSON>`. Prints the task's log, then its
 * output or its error.
 */
async function main([name, baseUrl = '', token, input = '{}']: string[]): Promise<void> {
  const door = new Door(baseUrl, 30_000);
  const action = ACTIONS[name as keyof typeof ACTIONS]({ ...tools(baseUrl, token), door });
  try {
    const { log, output } = await run(action, JSON.parse(input) as JsonObject, { id: `${name}-${process.pid}` });
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

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  resolveSafeChildPath,
  type AuthService,
  type BackstageCredentials,
  type LoggerService,
} from '@backstage/backend-plugin-api';
import type { JsonValue } from '@backstage/types';
import type { DryRun, Outcome } from '../service/answers';
import type { Door, DoorAnswer, DoorRequest } from '../service/door';
import { lines, Refusal } from '../service/problem';
import { prove } from '../service/proof';
import type { Settings } from '../service/settings';
import { tell, type Told } from './tell';

/** What the actions work with. */
export interface Tools {
  readonly settings: Settings;
  readonly auth: AuthService;
  readonly door: Door;
}

/** The part of Backstage's ActionContext that does not depend on an action's fields. */
export interface Task {
  readonly logger: LoggerService;
  readonly workspacePath: string;
  readonly task: { readonly id: string };
  readonly isDryRun?: boolean;
  readonly signal?: AbortSignal;
  getInitiatorCredentials(): Promise<BackstageCredentials>;
  checkpoint<T extends JsonValue>(options: { key: string; fn: () => Promise<T> }): Promise<T>;
}

/** A write that the service shall do. */
export interface Write {
  readonly verb: 'deploy' | 'update' | 'delete';
  readonly namespace: string;
  readonly name: string;
  readonly request: Pick<DoorRequest, 'method' | 'path' | 'headers' | 'body'>;
}

/**
 * Sends a request in the name of the person who started the task.
 *
 * @throws Error for people: mistakes also stand in the task's log, field, value and rule on one line each
 */
export async function ask<T>(
  tools: Tools,
  task: Task,
  request: Pick<DoorRequest, 'method' | 'path' | 'headers' | 'body'>,
): Promise<DoorAnswer<T>> {
  const credentials = await task.getInitiatorCredentials();
  try {
    return await tools.door.send<T>({
      ...request,
      token: () => prove(tools.auth, tools.settings, credentials),
      signal: task.signal,
      onRetry: reason => {
        task.logger.warn(reason);
      },
    });
  } catch (e) {
    if (e instanceof Refusal) {
      for (const line of lines(e.problem)) {
        task.logger.error(line);
      }
    }
    throw e;
  }
}

/**
 * Brings a write into Git, or on a dry run shows it. What was done before a crash of Backstage or before a retry by hand
 * is not done again: the checkpoint holds its outcome, and until there is one, the Idempotency-Key stays the same.
 */
export async function carryOut(tools: Tools, task: Task, wanted: Write): Promise<Told> {
  return task.isDryRun
    ? tell(task.logger, await preview(tools, task, wanted))
    : task.checkpoint({
        key: checkpointKey(wanted.verb, wanted.namespace, wanted.name),
        fn: async () => {
          const { body, etag } = await write(tools, task, wanted);
          return tell(task.logger, body, etag);
        },
      });
}

/** A step may run for each of a list, so its checkpoints are told apart by what they are about. */
export function checkpointKey(what: string, namespace: string, name: string): string {
  return `rayservice.${what}.${namespace}.${name}`;
}

async function write(tools: Tools, task: Task, wanted: Write): Promise<DoorAnswer<Outcome>> {
  return ask<Outcome>(tools, task, {
    ...wanted.request,
    headers: {
      ...wanted.request.headers,
      // The task's id stays through recovery and retry; a task may have several steps.
      'Idempotency-Key': `${task.task.id}/${wanted.verb}/${wanted.namespace}/${wanted.name}`,
    },
  });
}

async function preview(tools: Tools, task: Task, wanted: Write): Promise<DryRun> {
  const { body } = await ask<DryRun>(tools, task, {
    ...wanted.request,
    path: `${wanted.request.path}?dryRun=All`,
  });
  for (const [path, text] of Object.entries(body.files)) {
    const file = resolveSafeChildPath(task.workspacePath, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  task.logger.info(body.diff || 'nothing would change');
  return body;
}

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  resolveSafeChildPath,
  type AuthService,
  type BackstageCredentials,
  type LoggerService,
} from '@backstage/backend-plugin-api';
import type { JsonValue } from '@backstage/types';
import type { DryRun, Outcome } from '../service/types';
import type { RayServiceClient, ServiceResponse, ServiceRequest } from '../service/client';
import { problemLines, RequestRejectedError } from '../service/problem';
import { serviceToken } from '../service/token';
import type { Settings } from '../service/settings';
import { toOutput, type ActionOutput } from './output';

/** What the actions work with. */
export interface ActionDeps {
  readonly settings: Settings;
  readonly auth: AuthService;
  readonly client: RayServiceClient;
}

/** The part of Backstage's ActionContext that does not depend on an action's fields. */
export interface BaseActionContext {
  readonly logger: LoggerService;
  readonly workspacePath: string;
  readonly task: { readonly id: string };
  readonly isDryRun?: boolean;
  readonly signal?: AbortSignal;
  getInitiatorCredentials(): Promise<BackstageCredentials>;
  checkpoint<T extends JsonValue>(options: { key: string; fn: () => Promise<T> }): Promise<T>;
}

/** A write that the service shall do. */
export interface WriteRequest {
  readonly verb: 'deploy' | 'update' | 'delete';
  readonly namespace: string;
  readonly name: string;
  readonly http: Pick<ServiceRequest, 'method' | 'path' | 'headers' | 'body'>;
}

/**
 * Sends a request in the name of the person who started the task.
 *
 * @throws Error for people: mistakes also stand in the task's log, field, value and rule on one line each
 */
export async function sendAsInitiator<T>(
  deps: ActionDeps,
  context: BaseActionContext,
  request: Pick<ServiceRequest, 'method' | 'path' | 'headers' | 'body'>,
): Promise<ServiceResponse<T>> {
  const credentials = await context.getInitiatorCredentials();
  try {
    return await deps.client.send<T>({
      ...request,
      token: () => serviceToken(deps.auth, deps.settings, credentials),
      signal: context.signal,
      onRetry: reason => {
        context.logger.warn(reason);
      },
    });
  } catch (e) {
    if (e instanceof RequestRejectedError) {
      for (const line of problemLines(e.problem)) {
        context.logger.error(line);
      }
    }
    throw e;
  }
}

/**
 * Brings a write into Git, or on a dry run shows it. What was done before a crash of Backstage or before a retry by hand
 * is not done again: the checkpoint holds its outcome, and until there is one, the Idempotency-Key stays the same.
 */
export async function writeOrPreview(deps: ActionDeps, context: BaseActionContext, request: WriteRequest): Promise<ActionOutput> {
  return context.isDryRun
    ? toOutput(context.logger, await preview(deps, context, request))
    : context.checkpoint({
        key: checkpointKey(request.verb, request.namespace, request.name),
        fn: async () => {
          const { body, etag } = await write(deps, context, request);
          return toOutput(context.logger, body, etag);
        },
      });
}

/** A step may run for each of a list, so its checkpoints are output apart by what they are about. */
export function checkpointKey(what: string, namespace: string, name: string): string {
  return `rayservice.${what}.${namespace}.${name}`;
}

async function write(deps: ActionDeps, context: BaseActionContext, request: WriteRequest): Promise<ServiceResponse<Outcome>> {
  return sendAsInitiator<Outcome>(deps, context, {
    ...request.http,
    headers: {
      ...request.http.headers,
      // The task's id stays through recovery and retry; a task may have several steps.
      'Idempotency-Key': `${context.task.id}/${request.verb}/${request.namespace}/${request.name}`,
    },
  });
}

async function preview(deps: ActionDeps, context: BaseActionContext, request: WriteRequest): Promise<DryRun> {
  const { body } = await sendAsInitiator<DryRun>(deps, context, {
    ...request.http,
    path: `${request.http.path}?dryRun=All`,
  });
  for (const [path, text] of Object.entries(body.files)) {
    const file = resolveSafeChildPath(context.workspacePath, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  context.logger.info(body.diff || 'nothing would change');
  return body;
}

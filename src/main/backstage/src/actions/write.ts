import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  resolveSafeChildPath,
  type AuthService,
  type BackstageCredentials,
  type LoggerService,
} from '@backstage/backend-plugin-api';
import type { JsonValue } from '@backstage/types';
import type { RayServiceClient, ServiceRequest, ServiceResponse } from '../service/client';
import { RequestRejectedError, problemLines } from '../service/problem';
import type { Settings } from '../service/settings';
import { serviceToken } from '../service/token';
import type { DryRun, Outcome } from '../service/types';
import { logOutcome, logPreview, toOutput, type ActionOutput } from './output';

/** What every action needs to call the service. */
export interface ActionDeps {
  readonly settings: Settings;
  readonly auth: AuthService;
  readonly client: RayServiceClient;
}

/** The part of Backstage's ActionContext that does not depend on the input of an action. */
export interface BaseActionContext {
  readonly logger: LoggerService;
  readonly workspacePath: string;
  readonly task: { readonly id: string };
  readonly isDryRun?: boolean;
  readonly signal?: AbortSignal;
  getInitiatorCredentials(): Promise<BackstageCredentials>;
  checkpoint<T extends JsonValue>(options: { key: string; fn: () => Promise<T> }): Promise<T>;
}

type HttpRequest = Pick<ServiceRequest, 'method' | 'path' | 'headers' | 'body'>;

/** A request that changes a Ray Service. */
export interface WriteRequest {
  readonly verb: 'deploy' | 'update' | 'restart' | 'rollback' | 'delete';
  readonly namespace: string;
  readonly name: string;
  readonly http: HttpRequest;
}

/**
 * Sends a request on behalf of the person who started the task. Each violation becomes a line of the task's log.
 *
 * @throws Error when it is no read, there is a static token, and the settings do not let that write
 * @throws as the client does
 */
export async function sendAsInitiator<T>(
  deps: ActionDeps,
  context: BaseActionContext,
  request: HttpRequest,
): Promise<ServiceResponse<T>> {
  const { token, tokenWrites } = deps.settings;
  if (token !== undefined && !tokenWrites && request.method !== 'GET') {
    throw new Error(
      'rayService.token reads and waits only: with it, whoever may run a template would have its rights, and the service would not learn who that is. Remove rayService.token, so that each request carries a token on behalf of the person, or set rayService.tokenWrites: true',
    );
  }
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
 * Changes a Ray Service in Git; a dry run only shows the change.
 *
 * A task that is retried or recovered does not write twice: the checkpoint holds the outcome. A task that ended before
 * the checkpoint sends the same Idempotency-Key again.
 */
export async function writeOrPreview(
  deps: ActionDeps,
  context: BaseActionContext,
  request: WriteRequest,
): Promise<ActionOutput> {
  if (context.isDryRun) {
    return preview(deps, context, request);
  }
  return context.checkpoint({
    key: checkpointKey(request.verb, request.namespace, request.name),
    fn: () => write(deps, context, request),
  });
}

/** A step with `each` runs for several Ray Services, and each needs a checkpoint of its own. */
export function checkpointKey(what: string, namespace: string, name: string): string {
  return `rayservice.${what}.${namespace}.${name}`;
}

async function write(deps: ActionDeps, context: BaseActionContext, request: WriteRequest): Promise<ActionOutput> {
  const { body, etag } = await sendAsInitiator<Outcome>(deps, context, {
    ...request.http,
    headers: {
      ...request.http.headers,
      // The id of a task survives recovery and retry. A task may have several steps.
      'Idempotency-Key': `${context.task.id}/${request.verb}/${request.namespace}/${request.name}`,
    },
  });
  logOutcome(context.logger, body);
  return toOutput(body, etag);
}

/** Writes the files to the workspace, where the template editor shows them, and the effects to the log. */
async function preview(deps: ActionDeps, context: BaseActionContext, request: WriteRequest): Promise<ActionOutput> {
  const { body } = await sendAsInitiator<DryRun>(deps, context, {
    ...request.http,
    path: `${request.http.path}?dryRun=All`,
  });
  for (const [path, text] of Object.entries(body.files)) {
    const file = resolveSafeChildPath(context.workspacePath, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  logPreview(context.logger, body);
  logOutcome(context.logger, body);
  return toOutput(body);
}

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthService, BackstageCredentials, LoggerService } from '@backstage/backend-plugin-api';
import type { ActionContext, TemplateAction } from '@backstage/plugin-scaffolder-node';
import type { JsonObject, JsonValue } from '@backstage/types';
import type { ActionDeps } from '../src/actions/write';
import { RayServiceClient } from '../src/service/client';

/** What an action has done. */
export interface ActionRun {
  /** Lines of the task's log; each begins with its level. */
  readonly log: string[];
  readonly output: Record<string, unknown>;
  readonly workspacePath: string;
}

/** Backstage keeps the checkpoints when a task is retried. */
export type Checkpoints = Map<string, JsonValue>;

/** What a test may choose about the task of an action. */
export interface RunOptions {
  readonly id?: string;
  readonly isDryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly checkpoints?: Checkpoints;
  /** When the sign-in expires. A recovered task has a string here. */
  readonly expiresAt?: Date | string;
}

/** The person who starts every task. */
const PERSON = 'user:default/ann';

/** Runs an action with a context of its own: Backstage's createMockActionContext needs Jest. */
export async function runAction(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each action has its own input
  action: TemplateAction<any, any, any>,
  input: JsonObject,
  options: RunOptions = {},
): Promise<ActionRun> {
  const checkpoints = options.checkpoints ?? new Map<string, JsonValue>();
  const log: string[] = [];
  const output: Record<string, unknown> = {};
  const workspacePath = await mkdtemp(join(tmpdir(), 'task-'));
  const context = {
    input,
    logger: logger(log),
    workspacePath,
    task: { id: options.id ?? 'task-1' },
    isDryRun: options.isDryRun,
    signal: options.signal,
    async checkpoint<T extends JsonValue>({ key, fn }: { key: string; fn: () => Promise<T> }): Promise<T> {
      if (!checkpoints.has(key)) {
        checkpoints.set(key, JSON.parse(JSON.stringify(await fn())) as JsonValue);
      }
      return checkpoints.get(key) as T;
    },
    output(name: string, value: unknown) {
      output[name] = value;
    },
    getInitiatorCredentials: () =>
      Promise.resolve({
        $$type: '@backstage/BackstageCredentials',
        principal: { type: 'user', userEntityRef: PERSON },
        expiresAt: options.expiresAt,
      } as BackstageCredentials),
  };
  try {
    await action.handler(context as unknown as ActionContext<JsonObject>);
  } catch (e) {
    throw Object.assign(e as Error, { log, workspacePath });
  }
  return { log, output, workspacePath };
}

/** A logger that adds lines to a list; each begins with its level. */
export function logger(log: string[]): LoggerService {
  const at = (level: string) => (message: string) => {
    log.push(`${level} ${message}`);
  };
  const self: LoggerService = {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    child: () => self,
  };
  return self;
}

/** Dependencies of an action, with delays of milliseconds. */
export function deps(baseUrl: string, token?: string, tokenWrites = false): ActionDeps {
  return {
    settings: { baseUrl, audience: 'https://rayservice.company.com', token, tokenWrites, timeoutMs: 2000 },
    auth: auth(),
    client: new RayServiceClient(baseUrl, 2000, { attempts: 4, firstDelayMs: 1, maxDelayMs: 5 }),
  };
}

/** Its tokens name the person or plugin, and the audience. */
export function auth(): AuthService {
  const fake = {
    getPluginRequestToken: ({ onBehalfOf, targetPluginId }: Parameters<AuthService['getPluginRequestToken']>[0]) => {
      const principal = onBehalfOf.principal as { userEntityRef?: string; subject?: string };
      return Promise.resolve({ token: `${principal.userEntityRef ?? principal.subject ?? ''}->${targetPluginId}` });
    },
    getOwnServiceCredentials: () =>
      Promise.resolve({ principal: { type: 'service', subject: 'plugin:catalog' } } as unknown as BackstageCredentials),
  };
  return fake as unknown as AuthService;
}

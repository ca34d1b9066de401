import { setTimeout as pause } from 'node:timers/promises';
import { durationToMilliseconds, type HumanDuration } from '@backstage/types';
import { RequestRejectedError, ServiceUnavailableError } from '../service/problem';
import { serviceToken } from '../service/token';
import type { ActionOutput } from './output';
import { Progress, type Goal } from './progress';
import { targetOf } from './target';
import type { ActionDeps, BaseActionContext } from './write';

/** A HumanDuration as zod returns it: with units that are present and undefined. */
type Duration = Readonly<Partial<Record<'days' | 'hours' | 'minutes' | 'seconds', number | undefined>>>;

/** Input fields of every action. */
export interface WaitInput {
  readonly waitFor?: Goal | undefined;
  readonly timeout?: Duration | undefined;
}

const DEFAULT_TIMEOUT: Duration = { hours: 1 };
const MAX_TIMEOUT: HumanDuration = { days: 7 };
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 20_000;
const NOT_FOUND = 404;

const GOAL_TEXT: Readonly<Record<Goal, string>> = { merged: 'is merged', running: 'runs', gone: 'is gone' };

/**
 * The field `timeout` in milliseconds. Actions check it before they write.
 *
 * @throws Error when it is not above 0, or above 7 days
 */
export function timeoutMs({ timeout = DEFAULT_TIMEOUT }: WaitInput): number {
  const ms = durationToMilliseconds(timeout as HumanDuration);
  if (!(ms > 0) || ms > durationToMilliseconds(MAX_TIMEOUT)) {
    throw new Error(`timeout: ${JSON.stringify(timeout)} must be above 0 and at most 7 days`);
  }
  return ms;
}

/**
 * Waits until the Ray Service has reached the goal of the step, and logs its progress.
 *
 * It uses the plugin's own credentials: the sign-in of the person may expire before a reviewer looks.
 *
 * @param output of the write
 * @returns the output with the phase that was reached
 * @throws WaitFailedError when waiting cannot reach the goal
 * @throws RequestRejectedError when the service does not allow the read
 * @throws Error after the timeout; the change in Git stays
 */
export async function waitForGoal(
  deps: ActionDeps,
  context: BaseActionContext,
  output: ActionOutput,
  input: WaitInput,
  deletes: boolean,
): Promise<ActionOutput> {
  const goal = input.waitFor;
  if (goal === undefined || context.isDryRun) {
    return output;
  }
  const { version, mergeRequestUrl } = output;
  const progress = new Progress({ goal, deletes, version, mergeRequestUrl }, (level, line) => {
    context.logger[level](line);
  });
  const ms = timeoutMs(input);
  const timeout = AbortSignal.timeout(ms);
  context.logger.info(`Waiting until it ${GOAL_TEXT[goal]}, for ${formatDuration(ms)} at most`);
  try {
    await followEvents(deps, context, { output, deletes }, progress, timeout);
  } catch (e) {
    context.signal?.throwIfAborted();
    if (!timeout.aborted) {
      throw e;
    }
    throw new Error(
      `Waiting until it ${GOAL_TEXT[goal]} timed out after ${formatDuration(ms)}. Nothing is lost: retry the task to wait again.\n${progress.summary}`,
    );
  }
  return { ...output, phase: goal === 'gone' ? 'Gone' : (progress.phase ?? output.phase) };
}

/** Returns when the goal is reached. It connects again, after the last event, when the connection breaks. */
async function followEvents(
  deps: ActionDeps,
  context: BaseActionContext,
  { output, deletes }: { output: ActionOutput; deletes: boolean },
  progress: Progress,
  timeout: AbortSignal,
): Promise<void> {
  const { path } = targetOf(output.entityRef);
  const token = async () => serviceToken(deps.auth, deps.settings, await deps.auth.getOwnServiceCredentials());
  const signal = context.signal ? AbortSignal.any([context.signal, timeout]) : timeout;
  let lastEventId: string | undefined;
  let delayMs = FIRST_DELAY_MS;
  for (;;) {
    try {
      for await (const event of deps.client.events({ path: `${path}/events`, token, signal, lastEventId })) {
        delayMs = FIRST_DELAY_MS;
        lastEventId = event.event === 'reset' ? undefined : (event.id ?? lastEventId);
        const state = progress.handle(event);
        if (state === 'reached' || (state === 'absent' && deletes && (await isGone()))) {
          return;
        }
      }
    } catch (e) {
      if (!(e instanceof ServiceUnavailableError)) {
        throw e;
      }
      context.logger.warn(`${e.message}; connecting again`);
    }
    await pause(delayMs, undefined, { signal });
    delayMs = Math.min(MAX_DELAY_MS, 2 * delayMs);
  }

  /** A service that has just started may send its events before it has read Git. Only the read is reliable. */
  async function isGone(): Promise<boolean> {
    try {
      await deps.client.send({ method: 'GET', path, token, signal });
      return false;
    } catch (e) {
      if (e instanceof RequestRejectedError && e.status === NOT_FOUND) {
        return true;
      }
      throw e;
    }
  }
}

function formatDuration(ms: number): string {
  return ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

import { setTimeout as pause } from 'node:timers/promises';
import { durationToMilliseconds, type HumanDuration } from '@backstage/types';
import { RAY_SERVICES } from '../service/types';
import { ServiceUnavailableError, RequestRejectedError } from '../service/problem';
import { serviceToken } from '../service/token';
import { Progress, type Goal } from './progress';
import type { ActionOutput } from './output';
import type { BaseActionContext, ActionDeps } from './write';

/** A HumanDuration as zod hands it over, with units that are there and undefined. */
type Duration = Readonly<Partial<Record<'days' | 'hours' | 'minutes' | 'seconds', number | undefined>>>;

/** What a step says of waiting. */
export interface WaitInput {
  readonly waitFor?: Goal | undefined;
  readonly timeout?: Duration | undefined;
}

const DEFAULT_TIMEOUT: Duration = { hours: 1 };
const LONGEST_TIMEOUT: HumanDuration = { days: 7 };
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;

const GOAL_TEXT: Readonly<Record<Goal, string>> = { merged: 'is merged', running: 'runs', gone: 'is gone' };

/**
 * Checks how long a step waits, before anything is written.
 *
 * @returns milliseconds
 * @throws Error when the field says something that is no time to wait
 */
export function timeoutMs({ timeout = DEFAULT_TIMEOUT }: WaitInput): number {
  const ms = durationToMilliseconds(timeout as HumanDuration);
  if (!(ms > 0) || ms > durationToMilliseconds(LONGEST_TIMEOUT)) {
    throw new Error(`timeout: ${JSON.stringify(timeout)} must be longer than nothing and at most 7 days`);
  }
  return ms;
}

/**
 * Waits as the step says until what was written has come to be so, line by line in the task's log. It asks in Backstage's
 * own name: the person's proof was taken with the write, and may expire before a reviewer looks.
 *
 * @param output outcome of the write
 * @returns the outcome, with the phase that was reached
 * @throws Error when it cannot come to be so, or has not within the time; the change stays as it is
 */
export async function waitForGoal(deps: ActionDeps, context: BaseActionContext, output: ActionOutput, input: WaitInput, deletes: boolean): Promise<ActionOutput> {
  const goal = input.waitFor;
  if (goal === undefined || context.isDryRun) {
    return output;
  }
  const { version, mergeRequestUrl } = output;
  const progress = new Progress({ goal, deletes, version, mergeRequestUrl }, (level, line) => {
    context.logger[level](line);
  });
  const ms = timeoutMs(input);
  const deadline = AbortSignal.timeout(ms);
  context.logger.info(`Waiting until it ${GOAL_TEXT[goal]}, for ${formatDuration(ms)} at most`);
  try {
    await follow(deps, context, { output, deletes }, progress, deadline);
  } catch (e) {
    context.signal?.throwIfAborted();
    if (!deadline.aborted) {
      throw e;
    }
    throw new Error(
      `After ${formatDuration(ms)} it cannot be said yet that it ${GOAL_TEXT[goal]}. Nothing is lost: retry the task to wait again.\n${progress.summary}`,
    );
  }
  return { ...output, phase: goal === 'gone' ? 'Gone' : (progress.phase ?? output.phase) };
}

async function follow(
  deps: ActionDeps,
  context: BaseActionContext,
  { output, deletes }: { output: ActionOutput; deletes: boolean },
  progress: Progress,
  deadline: AbortSignal,
): Promise<void> {
  const path = `${RAY_SERVICES}/${output.entityRef.replace(/^component:/, '')}`;
  const token = async () => serviceToken(deps.auth, deps.settings, await deps.auth.getOwnServiceCredentials());
  const signal = context.signal ? AbortSignal.any([context.signal, deadline]) : deadline;
  let lastEventId: string | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    try {
      for await (const event of deps.client.events({ path: `${path}/events`, token, signal, lastEventId })) {
        pauseMs = FIRST_PAUSE_MS;
        lastEventId = event.event === 'reset' ? undefined : (event.id ?? lastEventId);
        const seen = progress.handle(event);
        if (seen === 'reached' || (seen === 'absent' && deletes && (await isGone()))) {
          return;
        }
      }
    } catch (e) {
      if (!(e instanceof ServiceUnavailableError)) {
        throw e;
      }
      context.logger.warn(`${e.message}; connecting again`);
    }
    await pause(pauseMs, undefined, { signal });
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
  }

  /** A service that has just started may not have read Git yet when it tells all that it knows. */
  async function isGone(): Promise<boolean> {
    try {
      await deps.client.send({ method: 'GET', path, token, signal });
      return false;
    } catch (e) {
      if (e instanceof RequestRejectedError && e.status === 404) {
        return true;
      }
      throw e;
    }
  }
}

function formatDuration(ms: number): string {
  return ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

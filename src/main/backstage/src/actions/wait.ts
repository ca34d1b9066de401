import { setTimeout as pause } from 'node:timers/promises';
import { durationToMilliseconds, type HumanDuration } from '@backstage/types';
import { RAY_SERVICES } from '../service/answers';
import { Outage, Refusal } from '../service/problem';
import { prove } from '../service/proof';
import { Progress, type Goal } from './progress';
import type { Told } from './tell';
import type { Task, Tools } from './write';

/** A HumanDuration as zod hands it over, with units that are there and undefined. */
type Duration = Readonly<Partial<Record<'days' | 'hours' | 'minutes' | 'seconds', number | undefined>>>;

/** What a step says of waiting. */
export interface Waiting {
  readonly waitFor?: Goal | undefined;
  readonly timeout?: Duration | undefined;
}

const DEFAULT_TIMEOUT: Duration = { hours: 1 };
const LONGEST_TIMEOUT: HumanDuration = { days: 7 };
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;

const WORDS: Readonly<Record<Goal, string>> = { merged: 'is merged', running: 'runs', gone: 'is gone' };

/**
 * Checks how long a step waits, before anything is written.
 *
 * @returns milliseconds
 * @throws Error when the field says something that is no time to wait
 */
export function timeoutOf({ timeout = DEFAULT_TIMEOUT }: Waiting): number {
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
 * @param told outcome of the write
 * @returns the outcome, with the phase that was reached
 * @throws Error when it cannot come to be so, or has not within the time; the change stays as it is
 */
export async function wait(tools: Tools, task: Task, told: Told, waiting: Waiting, deletes: boolean): Promise<Told> {
  const goal = waiting.waitFor;
  if (goal === undefined || task.isDryRun) {
    return told;
  }
  const { version, mergeRequestUrl } = told;
  const progress = new Progress({ goal, deletes, version, mergeRequestUrl }, (level, line) => {
    task.logger[level](line);
  });
  const ms = timeoutOf(waiting);
  const deadline = AbortSignal.timeout(ms);
  task.logger.info(`Waiting until it ${WORDS[goal]}, for ${words(ms)} at most`);
  try {
    await follow(tools, task, { told, deletes }, progress, deadline);
  } catch (e) {
    task.signal?.throwIfAborted();
    if (!deadline.aborted) {
      throw e;
    }
    throw new Error(
      `After ${words(ms)} it cannot be said yet that it ${WORDS[goal]}. Nothing is lost: retry the task to wait again.\n${progress.standing}`,
    );
  }
  return { ...told, phase: goal === 'gone' ? 'Gone' : (progress.phase ?? told.phase) };
}

async function follow(
  tools: Tools,
  task: Task,
  { told, deletes }: { told: Told; deletes: boolean },
  progress: Progress,
  deadline: AbortSignal,
): Promise<void> {
  const path = `${RAY_SERVICES}/${told.entityRef.replace(/^component:/, '')}`;
  const token = async () => prove(tools.auth, tools.settings, await tools.auth.getOwnServiceCredentials());
  const signal = task.signal ? AbortSignal.any([task.signal, deadline]) : deadline;
  let lastEventId: string | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    try {
      for await (const event of tools.door.events({ path: `${path}/events`, token, signal, lastEventId })) {
        pauseMs = FIRST_PAUSE_MS;
        lastEventId = event.event === 'reset' ? undefined : (event.id ?? lastEventId);
        const seen = progress.take(event);
        if (seen === 'reached' || (seen === 'absent' && deletes && (await isGone()))) {
          return;
        }
      }
    } catch (e) {
      if (!(e instanceof Outage)) {
        throw e;
      }
      task.logger.warn(`${e.message}; connecting again`);
    }
    await pause(pauseMs, undefined, { signal });
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
  }

  /** A service that has just started may not have read Git yet when it tells all that it knows. */
  async function isGone(): Promise<boolean> {
    try {
      await tools.door.send({ method: 'GET', path, token, signal });
      return false;
    } catch (e) {
      if (e instanceof Refusal && e.status === 404) {
        return true;
      }
      throw e;
    }
  }
}

function words(ms: number): string {
  return ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

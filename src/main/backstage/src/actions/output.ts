import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import type { DryRun, Outcome } from '../service/types';
import { problemLines } from '../service/problem';

/** Outputs of every action; what is empty is left out. */
export type ActionOutput = {
  readonly result: string;
  readonly phase: string;
  readonly entityRef: string;
  readonly branch: string;
  readonly commit?: string;
  readonly version?: string;
  readonly mergeRequestUrl?: string;
  readonly mergeRequestNumber?: number;
  readonly serveUrl?: string;
  readonly dashboardUrl?: string;
};

/**
 * What an action tells the steps after it, and the person who reads its log.
 *
 * @param version of the Ray Service after the change; absent on a dry run and for a deletion
 */
export function toOutput(logger: LoggerService, outcome: Outcome | DryRun, version?: string): ActionOutput {
  const { namespace, name } = outcome.rayService;
  const done = 'commit' in outcome ? outcome : undefined;
  for (const line of problemLines({ violations: outcome.warnings })) {
    logger.warn(line);
  }
  logger.info(`Ray Service ${namespace}/${name}: ${outcome.result} on ${outcome.branch}`);
  if (done?.mergeRequest) {
    logger.info(`Merge request !${done.mergeRequest.number}: ${done.mergeRequest.url}`);
  }
  const { serve, dashboard } = outcome.links;
  return {
    result: outcome.result,
    phase: phase(outcome),
    entityRef: stringifyEntityRef({ kind: 'component', namespace, name }),
    branch: outcome.branch,
    ...(done && { commit: done.commit }),
    ...(version !== undefined && { version }),
    ...(done?.mergeRequest && {
      mergeRequestUrl: done.mergeRequest.url,
      mergeRequestNumber: done.mergeRequest.number,
    }),
    ...(serve !== undefined && { serveUrl: serve }),
    ...(dashboard !== undefined && { dashboardUrl: dashboard }),
  };
}

function phase(outcome: Outcome | DryRun): string {
  const mergeRequest = 'commit' in outcome ? outcome.mergeRequest : undefined;
  if (mergeRequest?.state === 'opened') {
    return 'Proposed';
  }
  return outcome.result === 'deleted' ? 'Deleting' : 'Accepted';
}

/** Hands the outputs to Backstage. */
export function setOutputs(
  context: { output(name: keyof ActionOutput, value: ActionOutput[keyof ActionOutput]): void },
  output: ActionOutput,
): void {
  for (const [name, value] of Object.entries(output)) {
    context.output(name as keyof ActionOutput, value);
  }
}

import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { problemLines } from '../service/problem';
import type { DryRun, Outcome } from '../service/types';

/** Output of every action, as `OUTPUT` in fields.ts describes it. */
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

/** Writes the warnings and the merge request to the log of the task. */
export function logOutcome(logger: LoggerService, outcome: Outcome | DryRun): void {
  for (const line of problemLines({ violations: outcome.warnings })) {
    logger.warn(line);
  }
  const { namespace, name } = outcome.rayService;
  logger.info(`Ray Service ${namespace}/${name}: ${outcome.result} on ${outcome.branch}`);
  if ('mergeRequest' in outcome) {
    logger.info(`Merge request !${outcome.mergeRequest.number}: ${outcome.mergeRequest.url}`);
  }
}

/** @param version of the Ray Service after the change; absent on a dry run and for a deletion */
export function toOutput(outcome: Outcome | DryRun, version?: string): ActionOutput {
  const { namespace, name } = outcome.rayService;
  const { serve, dashboard } = outcome.links;
  const mergeRequest = 'mergeRequest' in outcome ? outcome.mergeRequest : undefined;
  return {
    result: outcome.result,
    phase: phase(outcome),
    entityRef: stringifyEntityRef({ kind: 'component', namespace, name }),
    branch: outcome.branch,
    ...('commit' in outcome && { commit: outcome.commit }),
    ...(version !== undefined && { version }),
    ...(mergeRequest && { mergeRequestUrl: mergeRequest.url, mergeRequestNumber: mergeRequest.number }),
    ...(serve !== undefined && { serveUrl: serve }),
    ...(dashboard !== undefined && { dashboardUrl: dashboard }),
  };
}

function phase(outcome: Outcome | DryRun): string {
  if ('mergeRequest' in outcome && outcome.mergeRequest.state === 'opened') {
    return 'Proposed';
  }
  return outcome.result === 'deleted' ? 'Deleting' : 'Accepted';
}

/** Sets the outputs of the step. */
export function setOutputs(
  context: { output(name: keyof ActionOutput, value: ActionOutput[keyof ActionOutput]): void },
  output: ActionOutput,
): void {
  for (const [name, value] of Object.entries(output)) {
    context.output(name as keyof ActionOutput, value);
  }
}

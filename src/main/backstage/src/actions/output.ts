import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { problemLines } from '../service/problem';
import type { ClusterResources, DryRun, FieldChange, Outcome } from '../service/types';

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
  readonly dashboardTokenCommand?: string;
  readonly dashboardPortForwardCommand?: string;
};

/** `ChangeEffect` of the service, which says the same in merge requests. */
const EFFECT_TEXT: Readonly<Record<FieldChange['effect'], string>> = {
  inPlace: 'the running Ray cluster loads it',
  newCluster: 'a second Ray cluster runs until it serves',
  endpoints: 'the addresses change',
  volume: 'the volume grows where its StorageClass allows that, and nothing restarts',
  none: 'nothing that runs changes',
};

/** In characters; the diff has the whole of a longer value. */
const MAX_VALUE_LENGTH = 300;

/** Writes the diff of a dry run to the log of the task, and what each change does to the Ray Service that runs. */
export function logPreview(logger: LoggerService, { diff, changes, secondCluster }: DryRun): void {
  // The diff is against an open merge request, if there is one; the changes are against what is accepted.
  logger.info(diff || (changes.length > 0 ? 'nothing would change: it is proposed already' : 'nothing would change'));
  for (const change of changes) {
    logger.info(changeLine(change));
  }
  if (secondCluster) {
    logger.info(
      `KubeRay makes a second Ray cluster and goes over to it when it serves. Until then the cluster needs room for both: ${resourcesText(secondCluster)} more.`,
    );
  }
}

function changeLine({ field, before, after, effect }: FieldChange): string {
  // A newer service may know further effects.
  const text = (EFFECT_TEXT as Readonly<Record<string, string>>)[effect] ?? effect;
  return `spec.${field}: ${valueText(before)} → ${valueText(after)}: ${text}`;
}

/** JSON, so that it is one line. */
function valueText(value: unknown): string {
  if (value === undefined) {
    return 'not set';
  }
  const characters = Array.from(JSON.stringify(value));
  return characters.length <= MAX_VALUE_LENGTH
    ? characters.join('')
    : `${characters.slice(0, MAX_VALUE_LENGTH).join('')}…`;
}

function resourcesText({ cpu, memory, gpu, devices = {} }: ClusterResources): string {
  const others = Object.entries(devices).map(([name, amount]) => `, ${amount} ${name}`);
  return `${cpu} CPU, ${memory} memory${gpu > 0 ? `, ${gpu} GPU` : ''}${others.join('')}`;
}

/** Writes the warnings, the way to the dashboard and the merge request to the log of the task. */
export function logOutcome(logger: LoggerService, outcome: Outcome | DryRun): void {
  for (const line of problemLines({ violations: outcome.warnings })) {
    logger.warn(line);
  }
  const { namespace, name } = outcome.rayService;
  const result = 'commit' in outcome ? outcome.result : `would be ${outcome.result}`;
  logger.info(`Ray Service ${namespace}/${name}: ${result} on ${outcome.branch}`);
  if (outcome.estimatedMonthlyCost) {
    const { minimum, maximum, currency } = outcome.estimatedMonthlyCost;
    const amounts = minimum === maximum ? minimum.toFixed(2) : `${minimum.toFixed(2)} to ${maximum.toFixed(2)}`;
    logger.info(`Estimated monthly cost of the hardware: ${amounts} ${currency}`);
  }
  if ('commit' in outcome && outcome.dashboard) {
    const { url, tokenCommand, portForwardCommand } = outcome.dashboard;
    logger.info(
      url === undefined
        ? `Ray dashboard: ${String(portForwardCommand)}, then http://localhost:8265`
        : `Ray dashboard: ${url}`,
    );
    logger.info(`Token of the Ray dashboard, once the Ray cluster runs: ${tokenCommand}`);
  }
  if ('mergeRequest' in outcome) {
    logger.info(`Merge request !${outcome.mergeRequest.number}: ${outcome.mergeRequest.url}`);
  }
}

/** @param version of the Ray Service after the change; absent on a dry run and for a deletion */
export function toOutput(outcome: Outcome | DryRun, version?: string): ActionOutput {
  const { namespace, name } = outcome.rayService;
  const { serve } = outcome.links;
  const { url, tokenCommand, portForwardCommand } = outcome.dashboard ?? {};
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
    ...(url !== undefined && { dashboardUrl: url }),
    ...(tokenCommand !== undefined && { dashboardTokenCommand: tokenCommand }),
    ...(portForwardCommand !== undefined && { dashboardPortForwardCommand: portForwardCommand }),
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

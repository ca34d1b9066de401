import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { JsonObject } from '@backstage/types';
import type { StoredRayService } from '../service/types';
import { fromForm } from './formInput';
import { OUTPUT, entityRef, timeout, waitFor } from './fields';
import { setOutputs } from './output';
import { change } from './spec';
import { targetOf, type Target } from './target';
import { timeoutMs, waitForGoal } from './wait';
import { checkpointKey, sendAsInitiator, writeOrPreview, type ActionDeps, type BaseActionContext } from './write';

const EXAMPLE = `steps:
  - id: update
    name: Propose five workers
    action: rayservice:update
    input:
      entityRef: component:team-ml/text-ml-service
      spec:
        replicas: 5
`;

/** `rayservice:update` changes some parameters of a Ray Service. */
export function updateAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'rayservice:update',
    description: 'Proposes new values for some parameters of a Ray Service; the others stay as they are',
    examples: [{ description: 'Five workers', example: EXAMPLE }],
    supportsDryRun: true,
    schema: { input: { entityRef, spec: change, waitFor, timeout }, output: OUTPUT },
    async handler(ctx) {
      timeoutMs(ctx.input);
      const target = targetOf(ctx.input.entityRef);
      // A retry must send the same body under the same Idempotency-Key, so it starts from the same spec.
      const stored = await ctx.checkpoint({
        key: checkpointKey('read', target.namespace, target.name),
        fn: () => read(deps, ctx, target),
      });
      const output = await writeOrPreview(deps, ctx, {
        ...target,
        verb: 'update',
        http: {
          method: 'PUT',
          path: target.path,
          headers: stored.version === null ? {} : { 'If-Match': `"${stored.version}"` },
          body: { spec: merged(stored.spec, fromForm(ctx.input.spec, target.namespace)) },
        },
      });
      setOutputs(ctx, output);
      setOutputs(ctx, await waitForGoal(deps, ctx, output, ctx.input, false));
    },
  });
}

/** Kept in a checkpoint, so it is JSON. */
type SpecAndVersion = {
  readonly spec: JsonObject;
  readonly version: string | null;
};

async function read(deps: ActionDeps, context: BaseActionContext, target: Target): Promise<SpecAndVersion> {
  const { body } = await sendAsInitiator<StoredRayService>(deps, context, { method: 'GET', path: target.path });
  if (!body.spec) {
    const { problem } = body.status;
    throw new Error(
      problem === undefined
        ? `Git does not have the Ray Service ${target.namespace}/${target.name}, so there is nothing to update`
        : `rayservice.yaml in Git cannot be read: ${problem}`,
    );
  }
  const { proposal } = body.status;
  if (proposal?.result === 'updated' && proposal.mergeRequest) {
    context.logger.warn(
      `Merge request !${proposal.mergeRequest.number} is open. This update starts from the accepted version and replaces the change that is proposed there`,
    );
  }
  // The service keeps the creator.
  const spec = { ...(body.spec as JsonObject) };
  delete spec.createdBy;
  return { spec, version: proposal?.version ?? body.status.version ?? null };
}

/** Merges objects field by field; any other value replaces the old one. */
function merged(before: JsonObject, changes: object): JsonObject {
  const result = { ...before };
  for (const [field, value] of Object.entries(changes) as [string, JsonObject[string]][]) {
    const old = result[field];
    if (value !== undefined) {
      result[field] = isObject(value) && isObject(old) ? merged(old, value) : value;
    }
  }
  return result;
}

function isObject(value: JsonObject[string]): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

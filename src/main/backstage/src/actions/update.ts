import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { JsonObject } from '@backstage/types';
import type { Stored } from '../service/types';
import { OUTPUT, change, entityRef, timeout, waitFor } from './fields';
import { targetOf, type Target } from './target';
import { setOutputs } from './output';
import { timeoutMs, waitForGoal } from './wait';
import { sendAsInitiator, writeOrPreview, checkpointKey, type BaseActionContext, type ActionDeps } from './write';

const EXAMPLE = `steps:
  - id: update
    name: Propose five workers
    action: rayservice:update
    input:
      entityRef: component:team-ml/text-ml-service
      spec:
        replicas: 5
`;

/** `rayservice:update`: new values for some fields; the others stay. */
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
      // Kept over a retry: what is sent again under one Idempotency-Key must be the same.
      const before = await ctx.checkpoint({
        key: checkpointKey('read', target.namespace, target.name),
        fn: () => read(deps, ctx, target),
      });
      const output = await writeOrPreview(deps, ctx, {
        ...target,
        verb: 'update',
        http: {
          method: 'PUT',
          path: target.path,
          headers: before.version === null ? {} : { 'If-Match': `"${before.version}"` },
          body: { spec: merged(before.spec, ctx.input.spec) },
        },
      });
      setOutputs(ctx, output);
      setOutputs(ctx, await waitForGoal(deps, ctx, output, ctx.input, false));
    },
  });
}

type Before = {
  readonly spec: JsonObject;
  readonly version: string | null;
};

async function read(deps: ActionDeps, context: BaseActionContext, target: Target): Promise<Before> {
  const { body, etag } = await sendAsInitiator<Stored>(deps, context, { method: 'GET', path: target.path });
  if (!body.spec) {
    throw new Error(`rayservice.yaml in Git cannot be read: ${body.status.problem ?? 'it is not accepted yet'}`);
  }
  const { proposal } = body.status;
  if (proposal?.result === 'updated' && proposal.mergeRequest) {
    context.logger.warn(
      `Merge request !${proposal.mergeRequest.number} is open: this update starts from what is accepted and replaces what is proposed there`,
    );
  }
  // Who asked first stays the creator.
  const spec = { ...(body.spec as JsonObject) };
  delete spec.createdBy;
  return { spec, version: proposal?.version ?? etag ?? null };
}

/** Objects are merged field by field; a value, and only a value, takes the place of another. */
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

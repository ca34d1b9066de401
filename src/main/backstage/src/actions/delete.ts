import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { OUTPUT, entityRef, timeout, waitForDeletion } from './fields';
import { setOutputs } from './output';
import { targetOf } from './target';
import { timeoutMs, waitForGoal } from './wait';
import { writeOrPreview, type ActionDeps } from './write';

const EXAMPLE = `steps:
  - id: delete
    name: Propose the deletion of the Ray Service
    action: rayservice:delete
    input:
      entityRef: component:team-ml/text-ml-service
`;

/** `rayservice:delete` deletes a Ray Service and the namespace that was made for it. */
export function deleteAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'rayservice:delete',
    description: 'Proposes to delete a Ray Service and the namespace that was made for it',
    examples: [{ description: 'Delete the Ray Service that was picked from the catalog', example: EXAMPLE }],
    supportsDryRun: true,
    schema: { input: { entityRef, waitFor: waitForDeletion, timeout }, output: OUTPUT },
    async handler(ctx) {
      timeoutMs(ctx.input);
      const target = targetOf(ctx.input.entityRef);
      const output = await writeOrPreview(deps, ctx, {
        ...target,
        verb: 'delete',
        http: { method: 'DELETE', path: target.path },
      });
      setOutputs(ctx, output);
      setOutputs(ctx, await waitForGoal(deps, ctx, output, ctx.input, true));
    },
  });
}

import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { OUTPUT, commit, entityRef, timeout, waitFor } from './fields';
import { setOutputs } from './output';
import { targetOf } from './target';
import { timeoutMs, waitForGoal } from './wait';
import { writeOrPreview, type ActionDeps } from './write';

const EXAMPLE = `steps:
  - id: rollback
    name: Propose an earlier form
    action: rayservice:rollback
    input:
      entityRef: component:team-ml/text-ml-service
      commit: 95638b7a5ced3cdc8750a51b5c4d035de50c98dd
`;

/** `rayservice:rollback` brings an earlier form of a Ray Service back. */
export function rollbackAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'rayservice:rollback',
    description: 'Proposes the form that a Ray Service had in an earlier commit',
    examples: [{ description: 'The form of a commit of its history', example: EXAMPLE }],
    supportsDryRun: true,
    schema: { input: { entityRef, commit, waitFor, timeout }, output: OUTPUT },
    async handler(ctx) {
      timeoutMs(ctx.input);
      const target = targetOf(ctx.input.entityRef);
      const output = await writeOrPreview(deps, ctx, {
        ...target,
        verb: 'rollback',
        http: { method: 'POST', path: `${target.path}:rollback`, body: { commit: ctx.input.commit } },
      });
      setOutputs(ctx, output);
      setOutputs(ctx, await waitForGoal(deps, ctx, output, ctx.input, false));
    },
  });
}

import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { OUTPUT, entityRef, timeout, waitFor } from './fields';
import { setOutputs } from './output';
import { targetOf } from './target';
import { timeoutMs, waitForGoal } from './wait';
import { writeOrPreview, type ActionDeps } from './write';

const EXAMPLE = `steps:
  - id: restart
    name: Propose a restart
    action: rayservice:restart
    input:
      entityRef: component:team-ml/text-ml-service
`;

/** `rayservice:restart` makes a new Ray cluster with the same form, which loads new code from the same address. */
export function restartAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'rayservice:restart',
    description: 'Proposes a restart: a second Ray cluster with the same form, which takes over when it serves',
    examples: [{ description: 'Restart the Ray Service that was picked from the catalog', example: EXAMPLE }],
    supportsDryRun: true,
    schema: { input: { entityRef, waitFor, timeout }, output: OUTPUT },
    async handler(ctx) {
      timeoutMs(ctx.input);
      const target = targetOf(ctx.input.entityRef);
      const output = await writeOrPreview(deps, ctx, {
        ...target,
        verb: 'restart',
        http: { method: 'POST', path: `${target.path}:restart` },
      });
      setOutputs(ctx, output);
      setOutputs(ctx, await waitForGoal(deps, ctx, output, ctx.input, false));
    },
  });
}

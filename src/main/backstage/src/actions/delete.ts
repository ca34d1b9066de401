import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { OUTPUT, entityRef, timeout, waitForEnd } from './fields';
import { targetOf } from './target';
import { publish } from './tell';
import { timeoutOf, wait } from './wait';
import { carryOut, type Tools } from './write';

const EXAMPLE = `steps:
  - id: delete
    name: Propose the end of the Ray Service
    action: rayservice:delete
    input:
      entityRef: component:team-ml/text-ml-service
`;

/** `rayservice:delete`: the end of a Ray Service, and of the namespace that was made for it. */
export function deleteAction(tools: Tools) {
  return createTemplateAction({
    id: 'rayservice:delete',
    description: 'Proposes to remove a Ray Service and the namespace that was made for it',
    examples: [{ description: 'Remove what was picked from the catalog', example: EXAMPLE }],
    supportsDryRun: true,
    schema: { input: { entityRef, waitFor: waitForEnd, timeout }, output: OUTPUT },
    async handler(ctx) {
      timeoutOf(ctx.input);
      const target = targetOf(ctx.input.entityRef);
      const told = await carryOut(tools, ctx, {
        ...target,
        verb: 'delete',
        request: { method: 'DELETE', path: target.path },
      });
      publish(ctx, told);
      publish(ctx, await wait(tools, ctx, told, ctx.input, true));
    },
  });
}

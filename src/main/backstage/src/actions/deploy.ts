import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { RAY_SERVICES } from '../service/answers';
import { OUTPUT, name, namespace, spec, timeout, waitFor } from './fields';
import { publish } from './tell';
import { timeoutOf, wait } from './wait';
import { carryOut, type Tools } from './write';

const EXAMPLE = `steps:
  - id: deploy
    name: Propose the Ray Service
    action: rayservice:deploy
    input:
      namespace: team-ml
      name: text-ml-service
      spec:
        name: text-ml
        namespace: ray-system
        replicas: 3
        gitlab:
          hostname: gitlab.company.com
          username: ml-team
`;

/** `rayservice:deploy`: a new Ray Service. */
export function deployAction(tools: Tools) {
  return createTemplateAction({
    id: 'rayservice:deploy',
    description: 'Proposes a new Ray Service: checks it, and opens a merge request in the GitOps repository',
    examples: [{ description: 'Three workers, everything else by default', example: EXAMPLE }],
    supportsDryRun: true,
    schema: { input: { namespace, name, spec, waitFor, timeout }, output: OUTPUT },
    async handler(ctx) {
      timeoutOf(ctx.input);
      const { input } = ctx;
      const told = await carryOut(tools, ctx, {
        verb: 'deploy',
        namespace: input.namespace,
        name: input.name,
        request: {
          method: 'POST',
          path: RAY_SERVICES,
          body: { metadata: { namespace: input.namespace, name: input.name }, spec: input.spec },
        },
      });
      publish(ctx, told);
      publish(ctx, await wait(tools, ctx, told, ctx.input, false));
    },
  });
}

import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { RAY_SERVICES } from '../service/types';
import { fromForm } from './formInput';
import { OUTPUT, name, namespace, timeout, waitFor } from './fields';
import { setOutputs } from './output';
import { spec } from './spec';
import { timeoutMs, waitForGoal } from './wait';
import { writeOrPreview, type ActionDeps } from './write';

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

/** `rayservice:deploy` creates a Ray Service. */
export function deployAction(deps: ActionDeps) {
  return createTemplateAction({
    id: 'rayservice:deploy',
    description: 'Proposes a new Ray Service: checks it and opens a merge request in the GitOps repository',
    examples: [{ description: 'Three workers, defaults for everything else', example: EXAMPLE }],
    supportsDryRun: true,
    schema: { input: { namespace, name, spec, waitFor, timeout }, output: OUTPUT },
    async handler(ctx) {
      timeoutMs(ctx.input);
      const { input } = ctx;
      const output = await writeOrPreview(deps, ctx, {
        verb: 'deploy',
        namespace: input.namespace,
        name: input.name,
        http: {
          method: 'POST',
          path: RAY_SERVICES,
          body: { metadata: { namespace: input.namespace, name: input.name }, spec: fromForm(input.spec, input.namespace) },
        },
      });
      setOutputs(ctx, output);
      setOutputs(ctx, await waitForGoal(deps, ctx, output, ctx.input, false));
    },
  });
}

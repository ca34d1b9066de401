import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { deleteAction } from './actions/delete';
import { deployAction } from './actions/deploy';
import { restartAction } from './actions/restart';
import { rollbackAction } from './actions/rollback';
import { updateAction } from './actions/update';
import type { ActionDeps } from './actions/write';
import { RayServiceClient } from './service/client';
import { readSettings } from './service/settings';

/** Adds the actions `rayservice:deploy`, `:update`, `:restart`, `:rollback` and `:delete` to the scaffolder. */
const scaffolderModuleRayService = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'rayservice',
  register(env) {
    env.registerInit({
      deps: {
        actions: scaffolderActionsExtensionPoint,
        auth: coreServices.auth,
        config: coreServices.rootConfig,
      },
      // eslint-disable-next-line @typescript-eslint/require-await -- Backstage wants a promise
      async init({ actions, auth, config }) {
        const settings = readSettings(config);
        const deps: ActionDeps = { settings, auth, client: new RayServiceClient(settings.baseUrl, settings.timeoutMs) };
        actions.addActions(deployAction(deps), updateAction(deps), restartAction(deps), rollbackAction(deps), deleteAction(deps));
      },
    });
  },
});

export default scaffolderModuleRayService;

import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { deleteAction } from './actions/delete';
import { deployAction } from './actions/deploy';
import { updateAction } from './actions/update';
import type { Tools } from './actions/write';
import { Door } from './service/door';
import { readSettings } from './service/settings';

/** Gives the scaffolder the actions `rayservice:deploy`, `rayservice:update` and `rayservice:delete`. */
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
        const tools: Tools = { settings, auth, door: new Door(settings.baseUrl, settings.timeoutMs) };
        actions.addActions(deployAction(tools), updateAction(tools), deleteAction(tools));
      },
    });
  },
});

export default scaffolderModuleRayService;

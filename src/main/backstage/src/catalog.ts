import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { readEntities, readEntitiesOf } from './catalog/read';
import { listen } from './catalog/eventListener';
import { RayServiceStatusProcessor } from './catalog/processor';
import { RayServiceEntityProvider } from './catalog/provider';
import { Upkeep } from './catalog/upkeep';
import { RayServiceClient } from './service/client';
import { serviceToken } from './service/token';
import { readSettings } from './service/settings';

/** An outage is told in the log and sat out until the next look. */
const ONE_TRY = { attempts: 1, firstDelayMs: 0, maxDelayMs: 0 };

/** Gives the catalog every Ray Service, with where it stands. */
const catalogModuleRayService = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'rayservice',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogProcessingExtensionPoint,
        config: coreServices.rootConfig,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
      },
      // eslint-disable-next-line @typescript-eslint/require-await -- Backstage wants a promise
      async init({ auth, catalog, config, lifecycle, logger }) {
        const settings = readSettings(config);
        const client = new RayServiceClient(settings.baseUrl, settings.timeoutMs, ONE_TRY);
        const token = async () => serviceToken(auth, settings, await auth.getOwnServiceCredentials());
        const stop = new AbortController();
        const provider = new RayServiceEntityProvider(
          settings.baseUrl,
          {
            all: () => readEntities(client, token, stop.signal),
            of: rayService => readEntitiesOf(client, token, rayService, stop.signal),
          },
          logger,
        );
        catalog.addEntityProvider(provider);
        catalog.addProcessor(new RayServiceStatusProcessor());

        const upkeep = new Upkeep(provider, logger, stop.signal);
        lifecycle.addStartupHook(() => {
          upkeep.start();
          void listen({ client, token, onHint: upkeep.hint, onSign: upkeep.sign, signal: stop.signal });
        });
        lifecycle.addShutdownHook(() => {
          stop.abort();
        });
      },
    });
  },
});

export default catalogModuleRayService;

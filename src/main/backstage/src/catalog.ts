import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { readEntities, readEntitiesOf } from './catalog/feed';
import { listen } from './catalog/hints';
import { RayServiceStatusProcessor } from './catalog/processor';
import { RayServiceProvider } from './catalog/provider';
import { Upkeep } from './catalog/upkeep';
import { Door } from './service/door';
import { prove } from './service/proof';
import { readSettings } from './service/settings';

/** An outage is told in the log and sat out until the next look. */
const ONE_TRY = { tries: 1, firstPauseMs: 0, longestPauseMs: 0 };

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
        const door = new Door(settings.baseUrl, settings.timeoutMs, ONE_TRY);
        const token = async () => prove(auth, settings, await auth.getOwnServiceCredentials());
        const stop = new AbortController();
        const provider = new RayServiceProvider(
          settings.baseUrl,
          {
            all: () => readEntities(door, token, stop.signal),
            of: rayService => readEntitiesOf(door, token, rayService, stop.signal),
          },
          logger,
        );
        catalog.addEntityProvider(provider);
        catalog.addProcessor(new RayServiceStatusProcessor());

        const upkeep = new Upkeep(provider, logger, stop.signal);
        lifecycle.addStartupHook(() => {
          upkeep.start();
          void listen({ door, token, onHint: upkeep.hint, onSign: upkeep.sign, signal: stop.signal });
        });
        lifecycle.addShutdownHook(() => {
          stop.abort();
        });
      },
    });
  },
});

export default catalogModuleRayService;

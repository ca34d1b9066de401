import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { readEntities } from './catalog/feed';
import { listen } from './catalog/hints';
import { RayServiceStatusProcessor } from './catalog/processor';
import { RayServiceProvider } from './catalog/provider';
import { Door } from './service/door';
import { prove } from './service/proof';
import { readSettings } from './service/settings';

/** Events come in bursts; one look after them is enough. */
const SETTLE_MS = 1000;

/** Looks by the clock as well: an event may be lost, and a service may have none. */
const EVERY_SECONDS = 30;

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
          () => readEntities(door, token, stop.signal),
          logger,
        );
        catalog.addEntityProvider(provider);
        catalog.addProcessor(new RayServiceStatusProcessor());

        let soon: NodeJS.Timeout | undefined;
        const look = () => {
          soon = undefined;
          provider.refresh().catch((e: unknown) => {
            if (!stop.signal.aborted) {
              logger.warn(`the Ray Services in the catalog stay as they are: ${String(e)}`);
            }
          });
        };
        const lookSoon = () => {
          soon ??= setTimeout(look, SETTLE_MS);
        };
        lifecycle.addStartupHook(() => {
          look();
          const clock = setInterval(look, 1000 * EVERY_SECONDS);
          stop.signal.addEventListener('abort', () => {
            clearInterval(clock);
            clearTimeout(soon);
          });
          void listen({ door, token, onHint: lookSoon, signal: stop.signal });
        });
        lifecycle.addShutdownHook(() => {
          stop.abort();
        });
      },
    });
  },
});

export default catalogModuleRayService;

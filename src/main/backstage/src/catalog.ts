import {
  coreServices,
  createBackendModule,
  type SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { listenForEvents } from './catalog/eventListener';
import { RayServiceStatusProcessor } from './catalog/processor';
import { RayServiceEntityProvider } from './catalog/provider';
import { EntityReader } from './catalog/read';
import { RefreshQueue } from './catalog/refreshQueue';
import { RayServiceClient } from './service/client';
import { readSettings } from './service/settings';
import { serviceToken } from './service/token';

/** The refresh queue and the scheduler try again themselves. */
const ONE_ATTEMPT = { attempts: 1, firstDelayMs: 0, maxDelayMs: 0 };

/**
 * The full refresh finds changes whose events were missed. It runs on one replica at a time.
 *
 * Every replica follows the events. A full mutation may overwrite a newer delta mutation of another replica. The replica
 * of the full mutation then applies that delta too, because it receives the same event.
 */
const FULL_REFRESH: SchedulerServiceTaskScheduleDefinition = {
  scope: 'global',
  frequency: { minutes: 10 },
  // Thousands of Ray Services take seconds. Another replica takes over when this one has died.
  timeout: { minutes: 5 },
  // The first events cause a full refresh at the start.
  initialDelay: { seconds: 30 },
};

/** Adds all Ray Services and their status to the catalog. */
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
        scheduler: coreServices.scheduler,
      },
      // eslint-disable-next-line @typescript-eslint/require-await -- Backstage wants a promise
      async init({ auth, catalog, config, lifecycle, logger, scheduler }) {
        const settings = readSettings(config);
        const client = new RayServiceClient(settings.baseUrl, settings.timeoutMs, ONE_ATTEMPT);
        const token = async () => serviceToken(auth, settings, await auth.getOwnServiceCredentials());
        const provider = new RayServiceEntityProvider(
          settings.baseUrl,
          new EntityReader(client, token),
          scheduler.createScheduledTaskRunner(FULL_REFRESH),
          logger,
        );
        catalog.addEntityProvider(provider);
        catalog.addProcessor(new RayServiceStatusProcessor());

        const shutdown = new AbortController();
        const queue = new RefreshQueue(provider, logger, shutdown.signal);
        lifecycle.addStartupHook(() => {
          void listenForEvents({
            client,
            token,
            onChange: rayService => {
              queue.add(rayService);
            },
            onMissedEvents: () => {
              queue.addAll();
            },
            logger,
            signal: shutdown.signal,
          });
        });
        lifecycle.addShutdownHook(() => {
          shutdown.abort();
        });
      },
    });
  },
});

export default catalogModuleRayService;

import type { LoggerService, SchedulerServiceTaskRunner } from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import type { DeferredEntity, EntityProvider, EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { RAY_SERVICES } from '../service/types';
import type { EntityReader } from './read';

/**
 * Kinds of the entities that a Ray Service has alone. All have its namespace and name. Its Secrets may be those of others,
 * too, so they end with the next full refresh.
 */
const KINDS = ['component', 'api'];

/**
 * Provides the entities of all Ray Services.
 *
 * It keeps no record of what the catalog has. The catalog compares each mutation with its database: it skips entities
 * that are the same, and ignores the removal of an entity that it does not have. Mutations are therefore idempotent, and
 * every replica of the backend can apply them.
 */
export class RayServiceEntityProvider implements EntityProvider {
  private connection: EntityProviderConnection | undefined;
  private lastMutation: Promise<void> = Promise.resolve();

  constructor(
    private readonly baseUrl: string,
    private readonly reader: EntityReader,
    private readonly taskRunner: SchedulerServiceTaskRunner,
    private readonly logger: LoggerService,
  ) {}

  getProviderName(): string {
    return 'rayservice';
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    this.connection = connection;
    await this.taskRunner.run({
      id: `${this.getProviderName()}:refresh`,
      fn: signal => this.refresh(signal),
    });
  }

  /**
   * Reads all Ray Services and applies a full mutation, which also removes entities whose deletion was missed.
   *
   * @throws RequestRejectedError or ServiceUnavailableError when they cannot be read; the catalog is not changed
   */
  refresh(signal: AbortSignal): Promise<void> {
    return this.oneAtATime(async connection => {
      const entities = (await this.reader.readAll(signal)).map(entity => this.deferred(entity));
      // After its timeout another replica may run the task, and may have read newer entities.
      signal.throwIfAborted();
      await connection.applyMutation({ type: 'full', entities });
      this.logger.info(`refreshed all Ray Services: ${entities.length} entities`);
    });
  }

  /**
   * Reads some Ray Services and applies a delta mutation.
   *
   * @param rayServices each as `namespace/name`
   * @throws RequestRejectedError or ServiceUnavailableError when one cannot be read; the catalog is not changed
   */
  refreshOnly(rayServices: readonly string[], signal: AbortSignal): Promise<void> {
    return this.oneAtATime(async connection => {
      const present = new Map<string, DeferredEntity>();
      for (const rayService of rayServices) {
        for (const entity of await this.reader.readOne(rayService, signal)) {
          present.set(stringifyEntityRef(entity), this.deferred(entity));
        }
      }
      const removed = rayServices
        .flatMap(rayService => KINDS.map(kind => `${kind}:${rayService}`))
        .filter(entityRef => !present.has(entityRef))
        .map(entityRef => ({ entityRef }));
      await connection.applyMutation({ type: 'delta', added: [...present.values()], removed });
      this.logger.debug(`refreshed ${rayServices.join(', ')}`);
    });
  }

  /** An older response must not be applied after a newer one. */
  private oneAtATime(mutate: (connection: EntityProviderConnection) => Promise<void>): Promise<void> {
    const mutation = this.lastMutation.then(() => {
      if (!this.connection) {
        throw new Error('the catalog has not connected the entity provider yet');
      }
      return mutate(this.connection);
    });
    // The caller gets the error; the next mutation does not depend on it.
    this.lastMutation = mutation.catch(() => undefined);
    return mutation;
  }

  /** The catalog rejects an entity without a location. */
  private deferred(entity: Entity): DeferredEntity {
    const { namespace = 'default', name } = entity.metadata;
    // A Secret is that of several Ray Services, and the same whichever of them was read.
    const path = entity.kind === 'Resource' ? '' : `/${namespace}/${name}`;
    const location = `url:${this.baseUrl}${RAY_SERVICES}${path}`;
    return {
      locationKey: this.getProviderName(),
      entity: {
        ...entity,
        metadata: {
          ...entity.metadata,
          annotations: {
            ...entity.metadata.annotations,
            [ANNOTATION_LOCATION]: location,
            [ANNOTATION_ORIGIN_LOCATION]: location,
          },
        },
      },
    };
  }
}

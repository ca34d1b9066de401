import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import type { DeferredEntity, EntityProvider, EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { RAY_SERVICES } from '../service/answers';

/** Reads all entities, or throws: a part of them would be taken for all. */
export type ReadAll = (signal?: AbortSignal) => Promise<Entity[]>;

/**
 * The one source of the Ray Services in the catalog. The first time it says what there is; from then on what has changed.
 * While the service cannot be read it says nothing, so that nothing disappears.
 */
export class RayServiceProvider implements EntityProvider {
  private connection: EntityProviderConnection | undefined;
  private known: Map<string, string> | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly baseUrl: string,
    private readonly readAll: ReadAll,
    private readonly logger: LoggerService,
  ) {}

  getProviderName(): string {
    return 'rayservice';
  }

  connect(connection: EntityProviderConnection): Promise<void> {
    this.connection = connection;
    return Promise.resolve();
  }

  /**
   * Brings the catalog up to date. Calls wait for each other: an older answer must not follow a newer one.
   *
   * @throws what reading throws; the catalog then stays as it is
   */
  refresh(signal?: AbortSignal): Promise<void> {
    const next = this.running.then(() => this.once(signal));
    this.running = next.catch(() => undefined);
    return next;
  }

  private async once(signal?: AbortSignal): Promise<void> {
    if (!this.connection) {
      throw new Error('the catalog has not connected the provider yet');
    }
    const entities = (await this.readAll(signal)).map(entity => this.deferred(entity));
    const now = new Map(entities.map(e => [refOf(e), JSON.stringify(e.entity)]));
    const before = this.known;
    if (!before) {
      await this.connection.applyMutation({ type: 'full', entities });
      this.logger.info(`${entities.length} Ray Services in the catalog`);
    } else {
      const added = entities.filter(e => before.get(refOf(e)) !== now.get(refOf(e)));
      const removed = [...before.keys()].filter(ref => !now.has(ref)).map(entityRef => ({ entityRef }));
      if (added.length + removed.length > 0) {
        await this.connection.applyMutation({ type: 'delta', added, removed });
        this.logger.info(`${added.length} Ray Services changed, ${removed.length} gone`);
      }
    }
    this.known = now;
  }

  /** Where it comes from; without that Backstage refuses an entity. */
  private deferred(entity: Entity): DeferredEntity {
    const { namespace = 'default', name } = entity.metadata;
    const location = `url:${this.baseUrl}${RAY_SERVICES}/${namespace}/${name}`;
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

function refOf(deferred: DeferredEntity): string {
  return stringifyEntityRef(deferred.entity);
}

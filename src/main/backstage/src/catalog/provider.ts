import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import type { DeferredEntity, EntityProvider, EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { RAY_SERVICES } from '../service/types';

/** How entities are read. */
export interface Reader {
  /** All, or it throws: a part of them would be taken for all. */
  readonly all: () => Promise<readonly Entity[]>;
  /** Those of one Ray Service, as `namespace/name`; none when it is gone. */
  readonly of: (rayService: string) => Promise<readonly Entity[]>;
}

/**
 * The one source of the Ray Services in the catalog. The first time it says what there is; from then on what has changed.
 * While the service cannot be read it says nothing, so that nothing disappears.
 */
export class RayServiceEntityProvider implements EntityProvider {
  private connection: EntityProviderConnection | undefined;
  private known: Map<string, string> | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly baseUrl: string,
    private readonly read: Reader,
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
  refresh(): Promise<void> {
    return this.inTurn(async connection => {
      const entities = (await this.read.all()).map(entity => this.deferred(entity));
      if (this.known) {
        await this.tell(connection, entities, [...this.known.keys()]);
        return;
      }
      await connection.applyMutation({ type: 'full', entities });
      this.known = new Map(entities.map(e => [refOf(e), JSON.stringify(e.entity)]));
      this.logger.info(`${entities.length} entities of Ray Services in the catalog`);
    });
  }

  /**
   * Brings some Ray Services up to date, each as `namespace/name`.
   *
   * @throws as refresh does, and when that has never succeeded
   */
  refreshOnly(rayServices: readonly string[]): Promise<void> {
    return this.inTurn(async connection => {
      if (!this.known) {
        throw new Error('nothing is known yet: refresh first');
      }
      const entities: DeferredEntity[] = [];
      for (const rayService of rayServices) {
        entities.push(...(await this.read.of(rayService)).map(entity => this.deferred(entity)));
      }
      const concerned = new Set(rayServices);
      const before = [...this.known.keys()].filter(ref => concerned.has(ref.slice(ref.indexOf(':') + 1)));
      await this.tell(connection, entities, before);
    });
  }

  private inTurn(work: (connection: EntityProviderConnection) => Promise<void>): Promise<void> {
    const next = this.running.then(() => {
      if (!this.connection) {
        throw new Error('the catalog has not connected the provider yet');
      }
      return work(this.connection);
    });
    this.running = next.catch(() => undefined);
    return next;
  }

  /** Tells what differs: of those that were there before, what is no more among the entities is gone. */
  private async tell(connection: EntityProviderConnection, entities: DeferredEntity[], before: string[]): Promise<void> {
    const known = this.known ?? new Map<string, string>();
    const now = new Map(entities.map(e => [refOf(e), JSON.stringify(e.entity)]));
    const added = entities.filter(e => known.get(refOf(e)) !== now.get(refOf(e)));
    const removed = before.filter(ref => !now.has(ref));
    if (added.length + removed.length === 0) {
      return;
    }
    await connection.applyMutation({ type: 'delta', added, removed: removed.map(entityRef => ({ entityRef })) });
    removed.forEach(ref => known.delete(ref));
    now.forEach((text, ref) => known.set(ref, text));
    this.logger.info(`${added.length} entities of Ray Services changed, ${removed.length} gone`);
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

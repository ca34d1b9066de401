import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import type { RayServiceClient } from '../service/client';
import { RequestRejectedError } from '../service/problem';

const ENTITIES = '/api/v1/catalog/entities';
const PAGE_SIZE = 500;
const NOT_FOUND = 404;

/** `EntityList` of the service's OpenAPI document. */
interface EntityPage {
  readonly items: readonly Entity[];
  /** Where the next page begins; absent on the last page. */
  readonly continue?: string;
}

/** Reads entities of Ray Services: what people may write in `catalog-info.yaml`, with the current phase and merge request. */
export class EntityReader {
  constructor(
    private readonly client: RayServiceClient,
    private readonly token: () => Promise<string>,
  ) {}

  /**
   * Entities of all Ray Services. It never returns a part of them, because the catalog deletes what is missing.
   *
   * @throws RequestRejectedError or ServiceUnavailableError
   */
  async readAll(signal: AbortSignal): Promise<readonly Entity[]> {
    // Several Ray Services name the same Secret, and the catalog takes each entity once.
    const entities = new Map<string, Entity>();
    let next: string | undefined;
    do {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(next !== undefined && { continue: next }) });
      const page: EntityPage = await this.readPage(`${ENTITIES}?${query.toString()}`, signal);
      page.items.forEach(entity => entities.set(stringifyEntityRef(entity), entity));
      next = page.continue;
    } while (next !== undefined);
    return [...entities.values()];
  }

  /**
   * Entities of one Ray Service; empty when Git does not have it any more.
   *
   * @param rayService `namespace/name`
   * @throws RequestRejectedError or ServiceUnavailableError
   */
  async readOne(rayService: string, signal: AbortSignal): Promise<readonly Entity[]> {
    try {
      return (await this.readPage(`${ENTITIES}/${rayService}`, signal)).items;
    } catch (e) {
      if (e instanceof RequestRejectedError && e.status === NOT_FOUND) {
        return [];
      }
      throw e;
    }
  }

  private async readPage(path: string, signal: AbortSignal): Promise<EntityPage> {
    const { body } = await this.client.send<EntityPage>({ method: 'GET', path, token: this.token, signal });
    return body;
  }
}

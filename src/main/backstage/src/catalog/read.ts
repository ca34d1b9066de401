import type { Entity } from '@backstage/catalog-model';
import type { RayServiceClient } from '../service/client';
import { RequestRejectedError } from '../service/problem';

/** Where the service keeps the entities. */
const ENTITIES = '/api/v1/catalog/entities';
const PAGE = 500;
const NOT_FOUND = 404;

interface Page {
  readonly items: readonly Entity[];
  /** Where the next page begins; absent on the last one. */
  readonly continue?: string;
}

/**
 * All Ray Services as entities: `catalog-info.yaml` as it stands in Git, with what is true now.
 *
 * @throws RequestRejectedError or ServiceUnavailableError; never a part of them, as what is missing would be taken for deleted
 */
export async function readEntities(
  client: RayServiceClient,
  token: () => Promise<string>,
  signal?: AbortSignal,
): Promise<Entity[]> {
  const entities: Entity[] = [];
  let next: string | undefined;
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(next === undefined ? {} : { continue: next }) });
    const { body }: { body: Page } = await client.send<Page>({
      method: 'GET',
      path: `${ENTITIES}?${query.toString()}`,
      token,
      signal,
    });
    entities.push(...body.items);
    next = body.continue;
  } while (next !== undefined);
  return entities;
}

/**
 * The entities of one Ray Service, as `namespace/name`; none when nothing of it stands in Git any more.
 *
 * @throws RequestRejectedError or ServiceUnavailableError
 */
export async function readEntitiesOf(
  client: RayServiceClient,
  token: () => Promise<string>,
  rayService: string,
  signal?: AbortSignal,
): Promise<readonly Entity[]> {
  try {
    const { body } = await client.send<Page>({ method: 'GET', path: `${ENTITIES}/${rayService}`, token, signal });
    return body.items;
  } catch (e) {
    if (e instanceof RequestRejectedError && e.status === NOT_FOUND) {
      return [];
    }
    throw e;
  }
}

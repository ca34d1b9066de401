import type { Entity } from '@backstage/catalog-model';
import type { CatalogProcessor } from '@backstage/plugin-catalog-node';

/** Holds what is true now of a Ray Service, as JSON: a provider may not send a status itself. */
export const STATUS_ANNOTATION = 'rayservice-scaffolder/status';

interface Status {
  readonly phase: string;
  readonly message?: string;
}

/** Phases that a person has to look at. Backstage shows each status item as an error. */
const TROUBLE: Readonly<Record<string, 'warning' | 'error'>> = { Degraded: 'warning', Failed: 'error' };

/** Puts the status where Backstage shows it. */
export class RayServiceStatusProcessor implements CatalogProcessor {
  getProcessorName(): string {
    return 'RayServiceStatusProcessor';
  }

  postProcessEntity(entity: Entity): Promise<Entity> {
    return Promise.resolve(withStatus(entity));
  }
}

function withStatus(entity: Entity): Entity {
  const status = read(entity.metadata.annotations?.[STATUS_ANNOTATION]);
  if (entity.kind !== 'Component' || entity.spec?.type !== 'ray-service' || !status) {
    return entity;
  }
  const level = TROUBLE[status.phase];
  const items = level
    ? [{ type: 'rayservice-scaffolder/phase', level, message: `${status.phase}: ${status.message ?? 'no reason is known'}` }]
    : [];
  return { ...entity, status: { ...status, items } } as Entity;
}

/** People write annotations by hand, too: what is no status is none. */
function read(text: string | undefined): Status | undefined {
  try {
    const status = JSON.parse(text ?? '') as Partial<Status> | null;
    return typeof status?.phase === 'string' ? (status as Status) : undefined;
  } catch {
    return undefined;
  }
}

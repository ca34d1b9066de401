import type { Entity } from '@backstage/catalog-model';
import type { CatalogProcessor } from '@backstage/plugin-catalog-node';

/** Contains the status of the Ray Service as JSON. The catalog rejects entities of a provider that have a `status`. */
export const STATUS_ANNOTATION = 'rayservice-scaffolder/status';

/** What of `catalog-info.yaml` the service does not show, and why. */
export const LEFT_OUT_ANNOTATION = 'rayservice-scaffolder/left-out';

interface Status {
  readonly phase: string;
  readonly message?: string;
}

/** Phases that need a person. Backstage shows each status item as an error. */
const LEVELS: Readonly<Record<string, 'warning' | 'error'>> = { Degraded: 'warning', Failed: 'error' };

/** Copies the status, and what was left out, from annotations to `entity.status`, where Backstage shows it. */
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
  const level = LEVELS[status.phase];
  const leftOut = entity.metadata.annotations?.[LEFT_OUT_ANNOTATION];
  const items = [
    ...(level
      ? [{ type: 'rayservice-scaffolder/phase', level, message: `${status.phase}: ${status.message ?? 'the service gives no reason'}` }]
      : []),
    ...(leftOut ? [{ type: LEFT_OUT_ANNOTATION, level: 'warning', message: `not shown of catalog-info.yaml: ${leftOut}` }] : []),
  ];
  return { ...entity, status: { ...status, items } } as Entity;
}

/** Undefined when a person wrote something else into the annotation. */
function read(text: string | undefined): Status | undefined {
  try {
    const status = JSON.parse(text ?? '') as Partial<Status> | null;
    return typeof status?.phase === 'string' ? (status as Status) : undefined;
  } catch {
    return undefined;
  }
}

import { parseEntityRef } from '@backstage/catalog-model';
import { RAY_SERVICES } from '../service/types';

/** The Ray Service behind a catalog entity. */
export interface Target {
  readonly namespace: string;
  readonly name: string;
  /** Its path in the service. */
  readonly path: string;
}

/**
 * @param entityRef as an entity picker returns it; the kind may be missing
 * @throws Error when it is not a Component
 */
export function targetOf(entityRef: string): Target {
  const { kind, namespace, name } = parseEntityRef(entityRef, { defaultKind: 'component' });
  if (kind.toLowerCase() !== 'component') {
    throw new Error(`entityRef: a Ray Service is a Component in the catalog, not a ${kind}`);
  }
  return {
    namespace,
    name,
    path: `${RAY_SERVICES}/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`,
  };
}

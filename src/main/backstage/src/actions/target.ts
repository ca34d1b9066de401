import { parseEntityRef } from '@backstage/catalog-model';
import { RAY_SERVICES } from '../service/types';

/** The Ray Service behind a catalog entity. */
export interface Target {
  readonly namespace: string;
  readonly name: string;
  /** Path of it in the service. */
  readonly path: string;
}

/**
 * Reads an entity reference as pickers give it.
 *
 * @throws Error when it names no Component
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

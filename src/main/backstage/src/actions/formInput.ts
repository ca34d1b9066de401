import type { JsonObject, JsonValue } from '@backstage/types';
import { ABSENT_WHEN_EMPTY } from './spec';

/** What a form sends for a Secret that a person chose from the catalog: its team's namespace, then its name. */
const SECRET_ENTITY = /^resource:([^/]*)\/secret\.(.*)$/;

/**
 * The `spec` that a form means: without the empty objects and lists that a form sends for all that it shows, because Ray
 * reads some of them otherwise than absent ones, and with the names of Secrets that were chosen from the catalog.
 *
 * @param namespace of the Ray Service
 * @throws Error when a chosen Secret is another team's
 */
export function fromForm(spec: object, namespace: string): JsonObject {
  const result = structuredClone(spec) as JsonObject;
  for (const path of ABSENT_WHEN_EMPTY) {
    removeEmpty(result, path.split('.'));
  }
  for (const use of asArray(result.secrets)) {
    if (typeof use === 'object' && use !== null && !Array.isArray(use) && typeof use.name === 'string') {
      use.name = secretName(use.name, namespace);
    }
  }
  return result;
}

function secretName(value: string, namespace: string): string {
  const [, team, name] = SECRET_ENTITY.exec(value) ?? [];
  if (name === undefined) {
    return value;
  }
  if (team !== namespace) {
    throw new Error(
      `spec.secrets: ${name} is a Secret of ${String(team)}; a Ray Service of ${namespace} gets Secrets of ${namespace} only`,
    );
  }
  return name;
}

function asArray(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function removeEmpty(value: JsonValue | undefined, path: readonly string[]): void {
  const [field, ...rest] = path;
  if (Array.isArray(value)) {
    for (const item of value) {
      removeEmpty(item, path);
    }
  } else if (field !== undefined && typeof value === 'object' && value !== null) {
    if (rest.length > 0) {
      removeEmpty(value[field], rest);
    } else if (isEmpty(value[field])) {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the names are generated
      delete value[field];
    }
  }
}

/** Whether an object has no field with a value, or a list has no item. */
function isEmpty(value: JsonValue | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(field => field === undefined);
}

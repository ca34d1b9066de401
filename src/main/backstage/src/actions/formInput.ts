import type { JsonObject, JsonValue } from '@backstage/types';
import { ABSENT_WHEN_EMPTY } from './spec';

/** What a form sends for a Secret that a person chose from the catalog, with the Secret's name behind it. */
const SECRET_ENTITY = /^resource:[^/]*\/secret\./;

/**
 * The `spec` that a form means: a Secret that was chosen is the name of the Secret, and a form sends an empty object or list for each that it shows, and Ray reads some of them
 * otherwise than an absent one.
 */
export function fromForm(spec: object): JsonObject {
  const result = structuredClone(spec) as JsonObject;
  for (const path of ABSENT_WHEN_EMPTY) {
    removeEmpty(result, path.split('.'));
  }
  for (const use of asArray(result.secrets)) {
    if (typeof use === 'object' && use !== null && !Array.isArray(use) && typeof use.name === 'string') {
      use.name = use.name.replace(SECRET_ENTITY, '');
    }
  }
  return result;
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

/** A rule that the form breaks: `Violation` of the service's OpenAPI document. */
export interface Violation {
  readonly field: string;
  /** Absent when the field is missing, or when its value must not be repeated. */
  readonly value?: unknown;
  readonly rule: string;
}

/** An RFC 9457 problem document of the service, as far as this package uses it. */
export interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly violations?: readonly Violation[];
  /** The Ray Service that already has the name or the host. */
  readonly heldBy?: Readonly<Record<string, unknown>>;
}

/** The same request cannot succeed: a person has to change the form, the permissions or the configuration. */
export class RequestRejectedError extends Error {
  override readonly name = 'RequestRejectedError';

  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super([headline(status, problem), ...problemLines(problem)].join('\n'));
  }
}

/** The service, or a system that it depends on, is unavailable: the same request may succeed later. */
export class ServiceUnavailableError extends Error {
  override readonly name = 'ServiceUnavailableError';

  constructor(
    message: string,
    /** Retry-After of the response, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** A problem document from parsed JSON. Members of another type are left out. */
export function problemFrom(json: unknown): Problem {
  if (!isObject(json)) {
    return {};
  }
  const { title, detail, violations, heldBy } = json;
  return {
    ...(typeof title === 'string' && { title }),
    ...(typeof detail === 'string' && { detail }),
    ...(Array.isArray(violations) && { violations: violations.filter(isViolation) }),
    ...(isObject(heldBy) && { heldBy }),
  };
}

function isViolation(json: unknown): json is Violation {
  return isObject(json) && typeof json.field === 'string' && typeof json.rule === 'string';
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** One line for each violation: field, value, rule. One line for the Ray Service that holds the name. */
export function problemLines({ violations = [], heldBy }: Problem): string[] {
  const lines = violations.map(
    ({ field, value, rule }) => `${field}: ${value == null ? '' : `${JSON.stringify(value)} `}${rule}`,
  );
  return heldBy
    ? [...lines, `held by ${text(heldBy.namespace)}/${text(heldBy.name)} on ${text(heldBy.branch)}: ${text(heldBy.value)}`]
    : lines;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '?';
}

function headline(status: number, { title = `The service answered ${status}`, detail }: Problem): string {
  return detail ? `${title}: ${detail}` : title;
}

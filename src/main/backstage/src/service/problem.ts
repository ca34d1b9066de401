/** One rule that a form breaks, as the service tells it. */
export interface Violation {
  readonly field: string;
  /** Absent when the field is missing, or when its value must not be repeated. */
  readonly value?: string | null;
  readonly rule: string;
  readonly source?: string;
}

/** An RFC 9457 problem document of the service. */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly violations?: readonly Violation[];
  readonly heldBy?: Readonly<Record<string, string>>;
}

/** A person has to mend the request: sending it again changes nothing. */
export class RequestRejectedError extends Error {
  override readonly name = 'RequestRejectedError';

  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super([headline(status, problem), ...lines(problem)].join('\n'));
  }
}

/** The service, or something behind it, is away: the same request may succeed later. */
export class ServiceUnavailableError extends Error {
  override readonly name = 'ServiceUnavailableError';

  constructor(
    message: string,
    /** When the service wants to be asked again, in milliseconds; undefined when it does not say. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** What a person needs to know, one line each: field, value, rule. */
export function lines(problem: Problem): string[] {
  const violations = (problem.violations ?? []).map(
    v => `${v.field}: ${v.value == null ? '' : `${JSON.stringify(v.value)} `}${v.rule}`,
  );
  const holder = problem.heldBy;
  return holder
    ? [...violations, `held by ${holder.namespace}/${holder.name} on ${holder.branch}: ${holder.value}`]
    : violations;
}

function headline(status: number, problem: Problem): string {
  const title = problem.title ?? `The service answered ${status}`;
  return problem.detail ? `${title}: ${problem.detail}` : title;
}

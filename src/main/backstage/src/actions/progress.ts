import type { ServerSentEvent } from '../service/response';
import type { Finding, StatusEvent } from '../service/types';

/** The field `waitFor` of an action. */
export type Goal = 'merged' | 'running' | 'gone';

/** The change that a task waits for. */
export interface WaitTarget {
  readonly goal: Goal;
  /** Whether the change is a deletion: it is accepted when the Ray Service has no accepted version any more. */
  readonly deletes: boolean;
  /** Version after the change; absent for a deletion. */
  readonly version?: string | undefined;
  /** The merge request that proposes the change; absent when it needs none. */
  readonly mergeRequestUrl?: string | undefined;
}

/** Writes a line to the log of the task. */
export type LogLine = (level: 'info' | 'warn', line: string) => void;

/** Waiting cannot reach the goal. The message says why, for people. */
export class WaitFailedError extends Error {
  override readonly name = 'WaitFailedError';
}

/**
 * How long a phase may last before waiting has failed, in milliseconds. Kubernetes may repair a failure by starting a
 * container again. A degraded Ray Service may still be starting.
 */
const MAX_TROUBLE_MS: Readonly<Record<string, number>> = { Failed: 15_000, Degraded: 120_000 };

/** Follows a change by the events of its Ray Service. Repeated events do no harm. */
export class Progress {
  private last: StatusEvent | undefined;
  /** Unknown until the service has sent its state: between `reset` and `complete`. */
  private presence: 'unknown' | 'present' | 'absent' = 'unknown';
  private accepted = false;
  private troubleSince: number | undefined;
  private loggedState: string | undefined;
  /** Lines of the findings of the last status, and whether each was logged with evidence. */
  private loggedFindings: ReadonlyMap<string, boolean> = new Map();

  constructor(
    private readonly target: WaitTarget,
    private readonly log: LogLine,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Handles an event. Comments count, because time has passed.
   *
   * @returns `reached` at the goal; `absent` while the service does not have the Ray Service, perhaps because it has not
   *     read Git yet
   * @throws WaitFailedError
   */
  handle({ event, data }: ServerSentEvent): 'reached' | 'absent' | undefined {
    switch (event) {
      case 'reset':
        this.presence = 'unknown';
        return undefined;
      case 'status':
        this.presence = 'present';
        return this.update(JSON.parse(data) as StatusEvent);
      case 'gone':
        this.presence = 'absent';
        return 'absent';
      case 'complete':
        this.presence = this.presence === 'unknown' ? 'absent' : this.presence;
        break;
      default:
        break;
    }
    if (this.presence === 'absent') {
      return 'absent';
    }
    return this.presence === 'present' && this.last ? this.evaluate(this.last) : undefined;
  }

  /** The last known state, for people. */
  get summary(): string {
    if (!this.last) {
      return 'The service has sent no status of it.';
    }
    return this.accepted
      ? [phaseLine(this.last), ...this.last.diagnosis.flatMap(findingLines)].join('\n')
      : this.mergeRequestLine(this.last);
  }

  /** Undefined before the first event. */
  get phase(): string | undefined {
    return this.last?.phase;
  }

  private update(status: StatusEvent): 'reached' | undefined {
    if (status.phase !== this.last?.phase) {
      this.troubleSince = undefined;
    }
    this.last = status;
    if (!this.accepted) {
      this.accepted = this.isAccepted(status);
      this.logState(this.accepted ? this.acceptedLine() : this.mergeRequestLine(status));
    }
    return this.evaluate(status);
  }

  private evaluate(status: StatusEvent): 'reached' | undefined {
    if (!this.accepted) {
      this.requireOpenMergeRequest(status);
      return undefined;
    }
    if (this.target.goal === 'merged') {
      return 'reached';
    }
    if (status.reason === 'ClusterNotWatched') {
      throw new WaitFailedError('The change is accepted. The service watches no cluster, so it cannot tell whether it runs.');
    }
    this.logState(phaseLine(status));
    this.logFindings(status.diagnosis);
    if (this.target.goal === 'running' && status.phase === 'Running') {
      return 'reached';
    }
    this.requireNoLastingTrouble(status);
    return undefined;
  }

  private isAccepted({ version, mergeRequest }: StatusEvent): boolean {
    if (this.target.deletes) {
      return version === undefined;
    }
    // A reviewer may have changed the merge request, which gives another version.
    const merged = mergeRequest?.state === 'merged' && mergeRequest.url === this.target.mergeRequestUrl;
    return merged || (version !== undefined && version === this.target.version);
  }

  /** Only an open merge request, while it is the newest one, can lead to the goal. */
  private requireOpenMergeRequest({ mergeRequest: newest }: StatusEvent): void {
    const ours = this.target.mergeRequestUrl;
    if (ours === undefined || newest === undefined) {
      return;
    }
    if (newest.url === ours && newest.state === 'closed') {
      throw new WaitFailedError(`Merge request !${numberOf(ours)} was closed without a merge: ${ours}`);
    }
    if (numberOf(newest.url) > numberOf(ours)) {
      throw new WaitFailedError(`Merge request !${numberOf(newest.url)} replaced !${numberOf(ours)}: ${newest.url}`);
    }
  }

  private requireNoLastingTrouble(status: StatusEvent): void {
    const maxMs = MAX_TROUBLE_MS[status.phase];
    if (maxMs === undefined || this.target.deletes || !isAboutAcceptedVersion(status)) {
      this.troubleSince = undefined;
      return;
    }
    this.troubleSince ??= this.now();
    if (this.now() - this.troubleSince >= maxMs) {
      throw new WaitFailedError(this.summary);
    }
  }

  private mergeRequestLine({ mergeRequest: newest }: StatusEvent): string {
    const ours = this.target.mergeRequestUrl;
    if (ours === undefined) {
      return 'The change is committed; the service has not read it from Git yet';
    }
    const why = newest?.url === ours && newest.waitsFor !== undefined ? `: ${newest.waitsFor}` : '';
    return `Merge request !${numberOf(ours)} is open${why}`;
  }

  private acceptedLine(): string {
    const ours = this.target.mergeRequestUrl;
    return ours === undefined ? 'The change is accepted' : `Merge request !${numberOf(ours)} is merged`;
  }

  /** Skips a line that repeats the last one. */
  private logState(line: string): void {
    if (line !== this.loggedState) {
      this.loggedState = line;
      this.log('info', line);
    }
  }

  /**
   * Logs a finding when it appears, and again when it has its first evidence. Other evidence is no news: it may count the
   * restarts.
   */
  private logFindings(findings: readonly Finding[]): void {
    const logged = new Map<string, boolean>();
    for (const finding of findings) {
      const line = findingLine(finding);
      const evidence = firstEvidenceLine(finding);
      const withEvidence = logged.get(line) ?? this.loggedFindings.get(line);
      if (withEvidence === undefined || (!withEvidence && evidence.length > 0)) {
        this.log('warn', [line, ...evidence].join(': '));
      }
      logged.set(line, withEvidence === true || evidence.length > 0);
    }
    this.loggedFindings = logged;
  }
}

/** Until Argo CD has compared the accepted version, trouble is about the version before, and the change may fix it. */
function isAboutAcceptedVersion(status: StatusEvent): boolean {
  const since = (source: string) => status.conditions.find(c => c.source === source)?.since;
  const accepted = since('Git');
  const compared = since('Argo CD');
  return accepted === undefined || compared === undefined || Date.parse(compared) >= Date.parse(accepted);
}

function phaseLine(status: StatusEvent): string {
  return `${status.phase}: ${status.message}`;
}

/** GitLab numbers the merge requests of a project upwards. NaN for an address of another shape. */
function numberOf(url: string): number {
  return Number(/(\d+)$/.exec(url)?.[1]);
}

function findingLine(finding: Finding): string {
  return `${finding.problem}: ${finding.message}`;
}

/** The system's own words, such as the exception; none when it says nothing. */
function firstEvidenceLine({ evidence: [first] }: Finding): string[] {
  const line = first?.split('\n', 1)[0]?.trim();
  return line ? [line] : [];
}

function findingLines(finding: Finding): string[] {
  return [findingLine(finding), ...finding.evidence.map(e => `  ${e}`), `  ${finding.nextStep}`];
}

import type { Finding, StatusEvent } from '../service/types';
import type { ServerSentEvent } from '../service/response';

/** How far a task waits. */
export type Goal = 'merged' | 'running' | 'gone';

/** What was asked of the service, and what it shall come to. */
export interface WaitTarget {
  readonly goal: Goal;
  /** Whether the Ray Service is on its way out: then it is the lack of a version that is accepted. */
  readonly deletes: boolean;
  /** Version after the change; absent for a deletion. */
  readonly version?: string | undefined;
  /** The merge request that proposes it; absent when it needs none. */
  readonly mergeRequestUrl?: string | undefined;
}

/** Where lines go that a person reads. */
export type LogLine = (level: 'info' | 'warn', line: string) => void;

/** The goal will not be reached by waiting; the message says why, for people. */
export class WaitFailedError extends Error {
  override readonly name = 'WaitFailedError';
}

/**
 * How long trouble has to last until it counts, in milliseconds: a container that is started again may be enough for
 * what has failed, and what is degraded may still come up.
 */
const TROUBLE_LIMIT_MS: Readonly<Record<string, number>> = { Failed: 15_000, Degraded: 120_000 };

/** Events that come one after another, and what they mean for somebody who waits. Repeated ones change nothing. */
export class Progress {
  private last: StatusEvent | undefined;
  private exists = false;
  private accepted = false;
  private troubleSince: number | undefined;
  private readonly logged = new Set<string>();

  constructor(
    private readonly target: WaitTarget,
    private readonly log: LogLine,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Takes an event.
   *
   * @returns `reached`; `absent` when the service has nothing of the Ray Service, which it may not have read yet
   * @throws WaitFailedError when waiting does not help
   */
  handle({ event, data }: ServerSentEvent): 'reached' | 'absent' | undefined {
    switch (event) {
      case 'reset':
        this.exists = false;
        return undefined;
      case 'status':
        this.exists = true;
        return this.update(JSON.parse(data) as StatusEvent);
      case 'gone':
        this.exists = false;
        return 'absent';
      case 'complete':
        return this.exists ? undefined : 'absent';
      default:
        return this.exists && this.last ? this.evaluate(this.last) : undefined;
    }
  }

  /** Where it stood last, in one line for each thing that a person should know. */
  get summary(): string {
    if (!this.last) {
      return 'the service has not output anything of it';
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
      this.logOnce('info', this.accepted ? this.acceptedLine() : this.mergeRequestLine(status));
    }
    return this.evaluate(status);
  }

  private evaluate(status: StatusEvent): 'reached' | undefined {
    if (!this.accepted) {
      this.failIfNotOpen(status);
      return undefined;
    }
    if (this.target.goal === 'merged') {
      return 'reached';
    }
    if (status.reason === 'ClusterNotWatched') {
      throw new WaitFailedError('It is accepted. The service watches no cluster, so it cannot tell more.');
    }
    this.logOnce('info', phaseLine(status));
    for (const finding of status.diagnosis) {
      this.logOnce('warn', `${finding.problem}: ${finding.message}`);
    }
    if (this.target.goal === 'running' && status.phase === 'Running') {
      return 'reached';
    }
    this.failOnLastingTrouble(status);
    return undefined;
  }

  private isAccepted(status: StatusEvent): boolean {
    if (this.target.deletes) {
      return status.version === undefined;
    }
    const mergeRequest = status.mergeRequest;
    return (
      (this.target.version !== undefined && status.version === this.target.version) ||
      (mergeRequest !== undefined && mergeRequest.url === this.target.mergeRequestUrl && mergeRequest.state === 'merged')
    );
  }

  /** The change can only be accepted by its merge request, while that is open and the newest. */
  private failIfNotOpen({ mergeRequest: seen }: StatusEvent): void {
    const ours = this.target.mergeRequestUrl;
    if (ours === undefined || seen === undefined) {
      return;
    }
    if (seen.url === ours && seen.state === 'closed') {
      throw new WaitFailedError(`Merge request ${mergeRequestNumber(ours)} was closed without a merge: ${ours}`);
    }
    if (Number(mergeRequestNumber(seen.url).slice(1)) > Number(mergeRequestNumber(ours).slice(1))) {
      throw new WaitFailedError(`Merge request ${mergeRequestNumber(seen.url)} took the place of ${mergeRequestNumber(ours)}: ${seen.url}`);
    }
  }

  private failOnLastingTrouble(status: StatusEvent): void {
    const limitMs = TROUBLE_LIMIT_MS[status.phase];
    if (limitMs === undefined || this.target.deletes || !isAboutAcceptedVersion(status)) {
      this.troubleSince = undefined;
      return;
    }
    this.troubleSince ??= this.now();
    if (this.now() - this.troubleSince >= limitMs) {
      throw new WaitFailedError(this.summary);
    }
  }

  private mergeRequestLine({ mergeRequest: seen }: StatusEvent): string {
    const ours = this.target.mergeRequestUrl;
    if (ours === undefined) {
      return 'It is written; the service has not read it back yet';
    }
    const why = seen?.url === ours && seen.waitsFor !== undefined ? `: ${seen.waitsFor}` : '';
    return `Merge request ${mergeRequestNumber(ours)} is open${why}`;
  }

  private acceptedLine(): string {
    const ours = this.target.mergeRequestUrl;
    return ours === undefined ? 'It is accepted' : `Merge request ${mergeRequestNumber(ours)} is merged`;
  }

  /** Each line once in a row of changes: a reader wants news. */
  private logOnce(level: 'info' | 'warn', line: string): void {
    if (!this.logged.has(line)) {
      if (level === 'info') {
        this.logged.clear();
      }
      this.logged.add(line);
      this.log(level, line);
    }
  }
}

/** Trouble from before Argo CD has compared at what was accepted is the trouble that the change may mend. */
function isAboutAcceptedVersion(status: StatusEvent): boolean {
  const since = (source: string) => status.conditions.find(c => c.source === source)?.since;
  const accepted = since('Git');
  const compared = since('Argo CD');
  return accepted === undefined || compared === undefined || Date.parse(compared) >= Date.parse(accepted);
}

function phaseLine(status: StatusEvent): string {
  return `${status.phase}: ${status.message}`;
}

/** `!7`, as GitLab writes it. */
function mergeRequestNumber(url: string): string {
  return `!${/(\d+)$/.exec(url)?.[1] ?? '?'}`;
}

function findingLines(finding: Finding): string[] {
  return [`${finding.problem}: ${finding.message}`, ...finding.evidence.map(e => `  ${e}`), `  ${finding.nextStep}`];
}

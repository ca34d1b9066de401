import type { Finding, StatusEvent } from '../service/answers';
import type { ServiceEvent } from '../service/door';

/** How far a task waits. */
export type Goal = 'merged' | 'running' | 'gone';

/** What was asked of the service, and what it shall come to. */
export interface Awaited {
  readonly goal: Goal;
  /** Whether the Ray Service is on its way out: then it is the lack of a version that is accepted. */
  readonly deletes: boolean;
  /** Version after the change; absent for a deletion. */
  readonly version?: string | undefined;
  /** The merge request that proposes it; absent when it needs none. */
  readonly mergeRequestUrl?: string | undefined;
}

/** Where lines go that a person reads. */
export type Say = (level: 'info' | 'warn', line: string) => void;

/** The goal will not be reached by waiting; the message says why, for people. */
export class Unreachable extends Error {
  override readonly name = 'RayServiceUnreachableGoal';
}

/**
 * How long trouble has to last until it counts, in milliseconds: a container that is started again may be enough for
 * what has failed, and what is degraded may still come up.
 */
const LASTING: Readonly<Record<string, number>> = { Failed: 15_000, Degraded: 120_000 };

/** Events that come one after another, and what they mean for somebody who waits. Repeated ones change nothing. */
export class Progress {
  private last: StatusEvent | undefined;
  private here = false;
  private accepted = false;
  private troubleSince: number | undefined;
  private readonly said = new Set<string>();

  constructor(
    private readonly awaited: Awaited,
    private readonly say: Say,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Takes an event.
   *
   * @returns `reached`; `absent` when the service has nothing of the Ray Service, which it may not have read yet
   * @throws Unreachable when waiting does not help
   */
  take({ event, data }: ServiceEvent): 'reached' | 'absent' | undefined {
    switch (event) {
      case 'reset':
        this.here = false;
        return undefined;
      case 'status':
        this.here = true;
        return this.look(JSON.parse(data) as StatusEvent);
      case 'gone':
        this.here = false;
        return 'absent';
      case 'complete':
        return this.here ? undefined : 'absent';
      default:
        return this.here && this.last ? this.judge(this.last) : undefined;
    }
  }

  /** Where it stood last, in one line for each thing that a person should know. */
  get standing(): string {
    if (!this.last) {
      return 'the service has not told anything of it';
    }
    return this.accepted
      ? [phaseLine(this.last), ...this.last.diagnosis.flatMap(findingLines)].join('\n')
      : this.reviewLine(this.last);
  }

  /** Undefined before the first event. */
  get phase(): string | undefined {
    return this.last?.phase;
  }

  private look(status: StatusEvent): 'reached' | undefined {
    if (status.phase !== this.last?.phase) {
      this.troubleSince = undefined;
    }
    this.last = status;
    if (!this.accepted) {
      this.accepted = this.isAccepted(status);
      this.once('info', this.accepted ? this.acceptedLine() : this.reviewLine(status));
    }
    return this.judge(status);
  }

  private judge(status: StatusEvent): 'reached' | undefined {
    if (!this.accepted) {
      this.requireOpen(status);
      return undefined;
    }
    if (this.awaited.goal === 'merged') {
      return 'reached';
    }
    if (status.reason === 'ClusterNotWatched') {
      throw new Unreachable('It is accepted. The service watches no cluster, so it cannot tell more.');
    }
    this.once('info', phaseLine(status));
    for (const finding of status.diagnosis) {
      this.once('warn', `${finding.problem}: ${finding.message}`);
    }
    if (this.awaited.goal === 'running' && status.phase === 'Running') {
      return 'reached';
    }
    this.requireHope(status);
    return undefined;
  }

  private isAccepted(status: StatusEvent): boolean {
    if (this.awaited.deletes) {
      return status.version === undefined;
    }
    const review = status.mergeRequest;
    return (
      (this.awaited.version !== undefined && status.version === this.awaited.version) ||
      (review !== undefined && review.url === this.awaited.mergeRequestUrl && review.state === 'merged')
    );
  }

  /** The change can only be accepted by its merge request, while that is open and the newest. */
  private requireOpen({ mergeRequest: seen }: StatusEvent): void {
    const ours = this.awaited.mergeRequestUrl;
    if (ours === undefined || seen === undefined) {
      return;
    }
    if (seen.url === ours && seen.state === 'closed') {
      throw new Unreachable(`Merge request ${numberOf(ours)} was closed without a merge: ${ours}`);
    }
    if (Number(numberOf(seen.url).slice(1)) > Number(numberOf(ours).slice(1))) {
      throw new Unreachable(`Merge request ${numberOf(seen.url)} took the place of ${numberOf(ours)}: ${seen.url}`);
    }
  }

  private requireHope(status: StatusEvent): void {
    const lasting = LASTING[status.phase];
    if (lasting === undefined || this.awaited.deletes || !isAboutTheNewest(status)) {
      this.troubleSince = undefined;
      return;
    }
    this.troubleSince ??= this.now();
    if (this.now() - this.troubleSince >= lasting) {
      throw new Unreachable(this.standing);
    }
  }

  private reviewLine({ mergeRequest: seen }: StatusEvent): string {
    const ours = this.awaited.mergeRequestUrl;
    if (ours === undefined) {
      return 'It is written; the service has not read it back yet';
    }
    const why = seen?.url === ours && seen.waitsFor !== undefined ? `: ${seen.waitsFor}` : '';
    return `Merge request ${numberOf(ours)} is open${why}`;
  }

  private acceptedLine(): string {
    const ours = this.awaited.mergeRequestUrl;
    return ours === undefined ? 'It is accepted' : `Merge request ${numberOf(ours)} is merged`;
  }

  /** Each line once in a row of changes: a reader wants news. */
  private once(level: 'info' | 'warn', line: string): void {
    if (!this.said.has(line)) {
      if (level === 'info') {
        this.said.clear();
      }
      this.said.add(line);
      this.say(level, line);
    }
  }
}

/** Trouble from before Argo CD has looked at what was accepted is the trouble that the change may mend. */
function isAboutTheNewest(status: StatusEvent): boolean {
  const since = (source: string) => status.conditions.find(c => c.source === source)?.since;
  const accepted = since('Git');
  const looked = since('Argo CD');
  return accepted === undefined || looked === undefined || Date.parse(looked) >= Date.parse(accepted);
}

function phaseLine(status: StatusEvent): string {
  return `${status.phase}: ${status.message}`;
}

/** `!7`, as GitLab writes it. */
function numberOf(url: string): string {
  return `!${/(\d+)$/.exec(url)?.[1] ?? '?'}`;
}

function findingLines(finding: Finding): string[] {
  return [`${finding.problem}: ${finding.message}`, ...finding.evidence.map(e => `  ${e}`), `  ${finding.nextStep}`];
}

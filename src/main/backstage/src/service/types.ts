import type { Violation } from './problem';

// Shapes of the service's OpenAPI document, as far as this package uses them.

/** Path of the Ray Services in the service. */
export const RAY_SERVICES = '/api/v1/ray-services';

/** Response to a write: `Outcome`. */
export interface Outcome {
  readonly result: 'created' | 'updated' | 'deleted' | 'unchanged';
  readonly rayService: { readonly namespace: string; readonly name: string };
  readonly branch: string;
  readonly commit: string;
  /** Absent when the change needs none. */
  readonly mergeRequest?: MergeRequest;
  readonly links: { readonly self: string; readonly serve?: string; readonly dashboard?: string };
  readonly warnings: readonly Violation[];
}

/** Response to a dry run: `DryRun`. */
export interface DryRun extends Omit<Outcome, 'commit' | 'mergeRequest'> {
  /** Text of every file after the change, by its path in the repository. */
  readonly files: Readonly<Record<string, string>>;
  /** Unified diff; empty when nothing would change. */
  readonly diff: string;
}

export interface MergeRequest {
  readonly number: number;
  readonly url: string;
  readonly state: string;
}

/** Response to a read: a Ray Service as it is in Git. */
export interface StoredRayService {
  /** Absent when the file in Git cannot be read. */
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status: {
    /** Version of its directory in Git, for `If-Match`. */
    readonly version?: string;
    /** Why the file in Git cannot be read. */
    readonly problem?: string;
    /** Absent when no change is proposed. */
    readonly proposal?: {
      readonly result?: string;
      readonly version?: string;
      readonly mergeRequest?: MergeRequest;
    };
  };
}

/** Data of the event `status`: `RayServiceEvent`. */
export interface StatusEvent {
  /** The version that is accepted; absent when none is. */
  readonly version?: string;
  /** The newest merge request, as the service last saw it. */
  readonly mergeRequest?: {
    readonly url: string;
    readonly state: 'opened' | 'closed' | 'merged';
    /** What keeps GitLab from merging it, for people. */
    readonly waitsFor?: string;
  };
  readonly phase: string;
  readonly reason: string;
  readonly message: string;
  /** One for each source. `since` is an ISO 8601 instant. */
  readonly conditions: readonly { readonly source: string; readonly since?: string }[];
  readonly diagnosis: readonly Finding[];
}

/** Why a Ray Service does not run, and what to do: `RayServiceFinding`. */
export interface Finding {
  readonly problem: string;
  readonly message: string;
  /** Messages of the cluster, unchanged. */
  readonly evidence: readonly string[];
  readonly nextStep: string;
}

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
  /** What the hardware is estimated to cost; absent when the platform says no price. */
  readonly estimatedMonthlyCost?: { readonly minimum: number; readonly maximum: number; readonly currency: string };
  readonly links: { readonly self: string; readonly serve?: string };
  /** Absent for a deletion, and in what an older service answers. */
  readonly dashboard?: Dashboard;
  readonly warnings: readonly Violation[];
}

/** Response to a dry run: `DryRun`. */
export interface DryRun extends Omit<Outcome, 'commit' | 'mergeRequest'> {
  /** Text of every file after the change, by its path in the repository. */
  readonly files: Readonly<Record<string, string>>;
  /** Unified diff against the branch; empty when nothing would change. */
  readonly diff: string;
  /** Against what is accepted; empty for a new Ray Service and for a deletion. */
  readonly changes: readonly FieldChange[];
  /** What a second Ray cluster takes until the first one ends; absent when none is made. */
  readonly secondCluster?: ClusterResources;
}

/** The Ray dashboard, and how to get in: `Dashboard`. */
export interface Dashboard {
  /** Absent when the platform shows none. */
  readonly url?: string;
  /** Prints each Ray cluster with the token that its dashboard asks for. */
  readonly tokenCommand: string;
  /** Makes it reachable at http://localhost:8265; absent when it has a URL. */
  readonly portForwardCommand?: string;
}

/** A field with another value: `FieldChange`. */
export interface FieldChange {
  /** Path below `spec`, such as `resources.worker.cpu`. */
  readonly field: string;
  /** Absent when the field was absent. */
  readonly before?: unknown;
  /** Absent when the field is absent. */
  readonly after?: unknown;
  /** What it does to the Ray Service that runs. */
  readonly effect: 'inPlace' | 'newCluster' | 'endpoints' | 'volume' | 'none';
}

/** What the pods of a Ray cluster ask for together: `ClusterResources`. */
export interface ClusterResources {
  /** Cores, such as `2.5`. */
  readonly cpu: string;
  /** A Kubernetes quantity, such as `4096Mi`. */
  readonly memory: string;
  readonly gpu: number;
  /** Other devices, by Kubernetes' name; absent in what an older service answers. */
  readonly devices?: Readonly<Record<string, number>>;
}

/** A merge request in GitLab: `MergeRequest`. */
export interface MergeRequest {
  readonly number: number;
  readonly url: string;
  readonly state: string;
}

/** Response to a read: a Ray Service as it is in Git. */
export interface StoredRayService {
  /** Absent when Git does not have its file, or when the file cannot be read. */
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

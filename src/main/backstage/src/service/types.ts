import type { Violation } from './problem';

/** The service's `Outcome` and `DryRun` (its OpenAPI document has every field); absent means empty. */
export interface Outcome {
  readonly result: 'created' | 'updated' | 'deleted' | 'unchanged';
  readonly rayService: { readonly namespace: string; readonly name: string };
  readonly branch: string;
  readonly commit: string;
  readonly mergeRequest?: { readonly number: number; readonly url: string; readonly state: string };
  readonly links: { readonly self: string; readonly serve?: string; readonly dashboard?: string };
  readonly warnings: readonly Violation[];
}

/** What a request would do; nothing was written. */
export interface DryRun extends Omit<Outcome, 'commit' | 'mergeRequest'> {
  /** Path to text of every file as it would stand. */
  readonly files: Readonly<Record<string, string>>;
  /** Unified diff; empty when nothing would change. */
  readonly diff: string;
}

/** A Ray Service as it stands in Git. */
export interface Stored {
  /** Absent when the file in Git cannot be read. */
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status: {
    readonly problem?: string;
    readonly proposal?: {
      readonly result?: string;
      readonly version?: string;
      readonly mergeRequest?: { readonly number: number; readonly url: string; readonly state: string };
    };
  };
}

/** Where a Ray Service stands: an event `status` of the service (`RayServiceEvent` in its OpenAPI document). */
export interface StatusEvent {
  /** Version that is accepted; absent when none is. */
  readonly version?: string;
  /** The newest one, as the service saw it last. */
  readonly mergeRequest?: {
    readonly url: string;
    readonly state: 'opened' | 'closed' | 'merged';
    readonly waitsFor?: string;
  };
  readonly phase: string;
  readonly reason: string;
  readonly message: string;
  readonly conditions: readonly { readonly source: string; readonly since?: string }[];
  readonly diagnosis: readonly Finding[];
}

/** Why a Ray Service does not run, and what to do. */
export interface Finding {
  readonly problem: string;
  readonly message: string;
  /** In the cluster's own words. */
  readonly evidence: readonly string[];
  readonly nextStep: string;
}

/** Where the service keeps Ray Services. */
export const RAY_SERVICES = '/api/v1/ray-services';

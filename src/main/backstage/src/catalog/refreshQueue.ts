import type { LoggerService } from '@backstage/backend-plugin-api';
import type { RayServiceEntityProvider } from './provider';

/** Delays in milliseconds. */
export interface RefreshDelays {
  /** Events come in bursts: the queue collects them for this time and refreshes once. */
  readonly batch: number;
  /** Before everything is refreshed again after a failure. */
  readonly retry: number;
}

const DELAYS: RefreshDelays = { batch: 1000, retry: 30_000 };

/** From here on one full refresh costs less than a request for each Ray Service. */
const MAX_BATCH_SIZE = 50;

/** Collects the Ray Services that have changed, and refreshes them in batches. */
export class RefreshQueue {
  private readonly changed = new Set<string>();
  private all = false;
  private batchTimer: NodeJS.Timeout | undefined;
  private retryTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly provider: Pick<RayServiceEntityProvider, 'refresh' | 'refreshOnly'>,
    private readonly logger: LoggerService,
    private readonly signal: AbortSignal,
    private readonly delays = DELAYS,
  ) {
    signal.addEventListener('abort', () => {
      clearTimeout(this.batchTimer);
      clearTimeout(this.retryTimer);
    });
  }

  /**
   * A Ray Service may have changed: the next batch refreshes it.
   *
   * @param rayService `namespace/name`
   */
  add(rayService: string): void {
    this.changed.add(rayService);
    this.startBatch();
  }

  /** Any Ray Service may have changed: the next batch is a full refresh. */
  addAll(): void {
    this.all = true;
    this.startBatch();
  }

  private startBatch(): void {
    if (this.batchTimer !== undefined || this.signal.aborted) {
      return;
    }
    clearTimeout(this.retryTimer);
    this.batchTimer = setTimeout(() => {
      this.batchTimer = undefined;
      void this.refresh();
    }, this.delays.batch);
  }

  private async refresh(): Promise<void> {
    const all = this.all || this.changed.size > MAX_BATCH_SIZE;
    const batch = [...this.changed];
    this.all = false;
    this.changed.clear();
    try {
      await (all ? this.provider.refresh(this.signal) : this.provider.refreshOnly(batch, this.signal));
    } catch (e) {
      if (this.signal.aborted) {
        return;
      }
      this.logger.warn(`cannot refresh the Ray Services in the catalog, which stay as they are: ${String(e)}`);
      this.all = true;
      clearTimeout(this.retryTimer);
      this.retryTimer = setTimeout(() => {
        this.startBatch();
      }, this.delays.retry);
    }
  }
}

import type { LoggerService } from '@backstage/backend-plugin-api';
import type { RayServiceEntityProvider } from './provider';

/** When to look, in milliseconds. */
export interface Pace {
  /** Events come in bursts; one look after them is enough. */
  readonly settle: number;
  /** How often it is checked whether a look at everything is due. */
  readonly check: number;
  /** A look at everything is due after this time, though all events seem to arrive. */
  readonly whole: number;
  /** The service says something every 15 seconds; when it has been silent for so long, events are not relied on. */
  readonly silence: number;
}

export const PACE: Pace = { settle: 1000, check: 30_000, whole: 600_000, silence: 60_000 };

/** From here on one look at everything is less than a look at each. */
const MANY = 50;

/** Looks at what may have changed, and by the clock at everything. */
export class Upkeep {
  private readonly changed = new Set<string>();
  /** Whether everything has to be looked at. */
  private all = true;
  private soon: NodeJS.Timeout | undefined;
  private wholeAt = -Infinity;
  private signAt = -Infinity;

  constructor(
    private readonly provider: RayServiceEntityProvider,
    private readonly logger: LoggerService,
    private readonly signal: AbortSignal,
    private readonly pace = PACE,
    private readonly now = () => performance.now(),
  ) {}

  /** Looks now, and from then on by the clock, until the signal ends it. */
  start(): void {
    void this.look();
    const clock = setInterval(() => {
      this.check();
    }, this.pace.check);
    this.signal.addEventListener('abort', () => {
      clearInterval(clock);
      clearTimeout(this.soon);
    });
  }

  /** The service was heard. */
  readonly sign = (): void => {
    this.signAt = this.now();
  };

  /** One Ray Service may have changed, or anything. */
  readonly hint = (rayService?: string): void => {
    if (rayService === undefined) {
      this.all = true;
    } else {
      this.changed.add(rayService);
    }
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      void this.look();
    }, this.pace.settle);
  };

  /** Looks where a look is due: everything after a failure, in silence, and now and then. */
  check(): void {
    const now = this.now();
    const silent = now - this.signAt > this.pace.silence;
    if (this.all || silent || now - this.wholeAt > this.pace.whole) {
      this.all = true;
      void this.look();
    }
  }

  private async look(): Promise<void> {
    const whole = this.all || this.changed.size > MANY;
    const some = [...this.changed];
    const began = this.now();
    this.all = false;
    this.changed.clear();
    try {
      if (whole) {
        await this.provider.refresh();
        this.wholeAt = began;
      } else if (some.length > 0) {
        await this.provider.refreshOnly(some);
      }
    } catch (e) {
      this.all = true;
      if (!this.signal.aborted) {
        this.logger.warn(`the Ray Services in the catalog stay as they are: ${String(e)}`);
      }
    }
  }
}

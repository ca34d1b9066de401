import type { RootConfigService } from '@backstage/backend-plugin-api';

/** The section `rayService` of app-config, which `config.d.ts` describes. */
export interface Settings {
  /** Address of the service, without a slash at its end. */
  readonly baseUrl: string;
  /** Audience of the tokens that Backstage issues. */
  readonly audience: string;
  /** A static token, which is then sent in place of Backstage's tokens. */
  readonly token: string | undefined;
  /** Whether the static token also changes Ray Services, for every user of Backstage. */
  readonly tokenWrites: boolean;
  /** Timeout of one request, in milliseconds. */
  readonly timeoutMs: number;
}

const DEFAULT_TIMEOUT_SECONDS = 120;
const MAX_TIMEOUT_SECONDS = 3600;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const CLUSTER_HOST = /\.svc(?:\.cluster\.local)?$/;

/** @throws Error when a setting is missing or unusable; the message does not contain its value */
export function readSettings(config: RootConfigService): Settings {
  const section = config.getConfig('rayService');
  const baseUrl = address(section.getString('baseUrl'), section.getOptionalBoolean('httpInCluster') ?? false);
  return {
    baseUrl,
    audience: section.getOptionalString('audience') ?? baseUrl,
    token: headerValue(section.getOptionalString('token')),
    tokenWrites: section.getOptionalBoolean('tokenWrites') ?? false,
    timeoutMs: 1000 * timeoutSeconds(section.getOptionalNumber('timeoutSeconds') ?? DEFAULT_TIMEOUT_SECONDS),
  };
}

/** The service has the same rule for the addresses to which it sends tokens. */
function address(text: string, httpInCluster: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Error('rayService.baseUrl must be an https address');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new Error('rayService.baseUrl must not contain a user name, password, query or fragment');
  }
  const { hostname } = url;
  if (url.protocol === 'http:' && !LOOPBACK.has(hostname) && !(httpInCluster && CLUSTER_HOST.test(hostname))) {
    throw new Error(
      `rayService.baseUrl must be an https address, because tokens go there, not http://${hostname}. http is for 127.0.0.1 and localhost, and with rayService.httpInCluster: true for hosts that end in .svc or .svc.cluster.local`,
    );
  }
  return text.replace(/\/+$/, '');
}

/** A line break at the end of a mounted secret would otherwise look like an outage of the service. */
function headerValue(token: string | undefined): string | undefined {
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new Error('rayService.token must be visible ASCII characters without spaces or line breaks');
  }
  return token;
}

function timeoutSeconds(seconds: number): number {
  if (!(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw new Error(`rayService.timeoutSeconds must be above 0 and at most ${MAX_TIMEOUT_SECONDS}`);
  }
  return seconds;
}

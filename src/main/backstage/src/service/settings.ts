import type { RootConfigService } from '@backstage/backend-plugin-api';

/** The section `rayService` of app-config, described in `config.d.ts`. */
export interface Settings {
  /** Address of the service, without a slash at its end. */
  readonly baseUrl: string;
  /** Whom plugin tokens are made for. */
  readonly audience: string;
  /** A static token that takes the place of plugin tokens. */
  readonly token: string | undefined;
  /** How long one answer may take, in milliseconds. */
  readonly timeoutMs: number;
}

const DEFAULT_TIMEOUT_SECONDS = 120;

/**
 * Reads the configuration.
 *
 * @throws Error when `rayService.baseUrl` is missing, no address, or holds a user name or password
 */
export function readSettings(config: RootConfigService): Settings {
  const section = config.getConfig('rayService');
  const baseUrl = address(section.getString('baseUrl'));
  return {
    baseUrl,
    audience: section.getOptionalString('audience') ?? baseUrl,
    token: section.getOptionalString('token'),
    timeoutMs: 1000 * (section.getOptionalNumber('timeoutSeconds') ?? DEFAULT_TIMEOUT_SECONDS),
  };
}

function address(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Error('rayService.baseUrl must be an http or https address');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new Error('rayService.baseUrl must hold no user name, password, query or fragment');
  }
  return text.replace(/\/+$/, '');
}

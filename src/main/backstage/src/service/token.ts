import type { AuthService, BackstageCredentials } from '@backstage/backend-plugin-api';
import type { Settings } from './settings';

/**
 * The bearer token for a request to the service: the configured static token, or a plugin token of Backstage on behalf
 * of the credentials.
 *
 * @param credentials of the person who started the task, or of this plugin
 * @throws Error when the credentials have expired: Backstage would issue an expired token
 */
export async function serviceToken(
  auth: AuthService,
  settings: Settings,
  credentials: BackstageCredentials,
  now: () => number = Date.now,
): Promise<string> {
  if (settings.token !== undefined) {
    return settings.token;
  }
  // Credentials of a recovered task come from JSON, where the date is a string.
  const expires = credentials.expiresAt ? new Date(credentials.expiresAt).getTime() : Infinity;
  if (expires <= now()) {
    throw new Error(
      `The sign-in of the person who started this task expired at ${new Date(expires).toISOString()}: sign in again and retry the task`,
    );
  }
  const { token } = await auth.getPluginRequestToken({
    onBehalfOf: credentials,
    // The address of the service is no plugin's id, so no plugin accepts the token.
    targetPluginId: settings.audience,
  });
  return token;
}

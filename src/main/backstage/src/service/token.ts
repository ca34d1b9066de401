import type { AuthService, BackstageCredentials } from '@backstage/backend-plugin-api';
import type { Settings } from './settings';

/**
 * A token that proves to the service who asks: Backstage's own, on behalf of the given credentials, or the configured
 * static one.
 *
 * @param credentials of the person who started the task, or of this plugin
 * @throws Error when the credentials have expired: Backstage would make a token all the same, which no service takes
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
  // After a restart of Backstage the date is what JSON made of it, a string.
  const expires = credentials.expiresAt ? new Date(credentials.expiresAt).getTime() : Infinity;
  if (expires <= now()) {
    throw new Error(
      `The sign-in of the person who started this task expired at ${new Date(expires).toISOString()}: sign in again and retry the task`,
    );
  }
  const { token } = await auth.getPluginRequestToken({
    onBehalfOf: credentials,
    // Not the id of a plugin: the address of the service, so that no plugin accepts the token.
    targetPluginId: settings.audience,
  });
  return token;
}

export interface Config {
  /** The service that brings Ray Services into Git: rayservice-scaffolder. */
  rayService: {
    /**
     * Address of the service, without a path: https, or http where the network is trusted.
     * @visibility backend
     */
    baseUrl: string;

    /**
     * Whom the tokens are made for; the same as the service's scaffolder.access.backstage.audience.
     * Default: baseUrl without a slash at its end.
     * @visibility backend
     */
    audience?: string;

    /**
     * A static token of the service. With it the service does not learn which person asks; without it each call carries
     * the person's own proof.
     * @visibility secret
     */
    token?: string;

    /**
     * How long one answer may take, in seconds.
     * Default: 120, as a merge request may have to wait for GitLab.
     * @visibility backend
     */
    timeoutSeconds?: number;
  };
}

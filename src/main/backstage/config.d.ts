export interface Config {
  /** The service rayservice-scaffolder, which writes Ray Services to Git. */
  rayService: {
    /**
     * Address of the service, without a path: https, or http where the network is trusted.
     * @visibility backend
     */
    baseUrl: string;

    /**
     * Audience of the tokens for the service; the same as its setting scaffolder.access.backstage.audience.
     * Default: baseUrl without a slash at its end.
     * @visibility backend
     */
    audience?: string;

    /**
     * A static token of the service. With it the service does not learn which person asks. Without it each request
     * carries a token on behalf of the person.
     * @visibility secret
     */
    token?: string;

    /**
     * Timeout of one request, in seconds: above 0 and at most 3600.
     * Default: 120, because a merge request may have to wait for GitLab.
     * @visibility backend
     */
    timeoutSeconds?: number;
  };
}

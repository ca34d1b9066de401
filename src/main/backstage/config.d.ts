export interface Config {
  /** The service rayservice-scaffolder, which writes Ray Services to Git. */
  rayService: {
    /**
     * Address of the service, without a path: https, or http for 127.0.0.1 and localhost.
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
     * Whether baseUrl may be http, too, where its host ends in .svc or .svc.cluster.local: for a cluster whose network
     * no tenant can listen to.
     * Default: false
     * @visibility backend
     */
    httpInCluster?: boolean;

    /**
     * A static token of the service, to read and to wait. With it the service does not learn which person asks. Without
     * it each request carries a token on behalf of the person.
     * @visibility secret
     */
    token?: string;

    /**
     * Whether the static token also changes Ray Services. Then whoever may run a template has the rights of the token,
     * and the creator and author of each change is the token.
     * Default: false
     * @visibility backend
     */
    tokenWrites?: boolean;

    /**
     * Timeout of one request, in seconds: above 0 and at most 3600.
     * Default: 120, because a merge request may have to wait for GitLab.
     * @visibility backend
     */
    timeoutSeconds?: number;
  };
}

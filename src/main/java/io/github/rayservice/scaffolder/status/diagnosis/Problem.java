package io.github.rayservice.scaffolder.status.diagnosis;

import java.util.Map;

/** What may keep a Ray Service from running. */
public enum Problem {
  KRO_MISSING(
      "KroMissing",
      Owner.PLATFORM,
      "kro's kind RayService is not in the cluster",
      "install kro and apply k8s/platform"),
  KUBERAY_MISSING(
      "KubeRayMissing",
      Owner.PLATFORM,
      "KubeRay is not in the cluster",
      "install the KubeRay operator with its CRDs"),
  GRAPH_MISSING(
      "GraphMissing",
      Owner.PLATFORM,
      "the ResourceGraphDefinition that makes the kind RayService is not in the cluster",
      "apply k8s/platform/resource-graph-definition.yaml"),
  GRAPH_INACTIVE(
      "GraphInactive",
      Owner.PLATFORM,
      "kro does not accept the ResourceGraphDefinition",
      "fix what kro says; KubeRay's CRDs must be there before the definition"),
  KRO_IDLE(
      "KroIdle",
      Owner.PLATFORM,
      "kro has not looked at it",
      "see whether kro's controller runs, and read its log"),
  MERGE_REQUEST_MISSING(
      "MergeRequestMissing",
      Owner.PLATFORM,
      "its branch is pushed, and there is no merge request",
      "see what the service says of GitLab in its log and at /q/health/ready; to send the form again asks GitLab again"),
  MERGED_ELSEWHERE(
      "MergedElsewhere",
      Owner.TEAM,
      "its merge request is merged, and the branch that Argo CD follows does not have it",
      "see which branch the merge request went to, and whether a later commit has removed it; then send the form again"),
  ARGO_CD_IDLE(
      "ArgoCdIdle",
      Owner.PLATFORM,
      "Argo CD has not looked at Git since it changed",
      "see whether Argo CD's controllers run and reach Git, and what the ApplicationSet says of {application}"),
  NOT_SYNCED(
      "NotSynced",
      Owner.PLATFORM,
      "Argo CD does not bring it to the cluster",
      "see what Argo CD says (argocd app get {application}), and sync it; a sync that waits in vain ends with argocd app terminate-op {application}"),
  KRO_NOT_READY(
      "KroNotReady",
      Owner.PLATFORM,
      "kro does not call it ready",
      "fix what kro says in the evidence, else read kro's log: an object that kro cannot make, or an expression of the ResourceGraphDefinition that stays false"),
  SUSPENDED("Suspended", Owner.PLATFORM, "a person has suspended it", "let it go on: {command}"),
  KUBERAY_IDLE(
      "KubeRayIdle",
      Owner.PLATFORM,
      "KubeRay has not looked at it",
      "see whether the KubeRay operator runs, and read its log"),
  TEAM_NAMESPACE_MISSING(
      "TeamNamespaceMissing",
      Owner.PLATFORM,
      "the team's namespace is not in the cluster",
      "let the platform make it (kubectl create namespace {namespace}); Argo CD may not"),
  SECRET_MISSING(
      "SecretMissing",
      Owner.TEAM,
      "a Secret of the form is not in the team's namespace, or not released by its label",
      "create the Secret in the namespace {namespace} if it is not there, and release it: kubectl -n {namespace} label secret {secret} rayservice-scaffolder/use=true"),
  NAMESPACE_TAKEN(
      "NamespaceTaken",
      Owner.TEAM,
      "its target namespace belongs to another Ray Service, or existed before",
      "delete this Ray Service in Git and create it with a spec.namespace of its own; remove nothing by hand, because kro deletes a namespace together with the instance that holds it"),
  POLICY_BROKEN(
      "PolicyBroken",
      Owner.PLATFORM,
      "a policy of the cluster cannot be evaluated, and refuses whatever comes",
      "apply the platform's files again; a policy that is not one of them lacks its parameters, or the expression that it names fails"),
  REFUSED_BY_POLICY(
      "RefusedByPolicy",
      Owner.TEAM,
      "a policy of the cluster refuses it",
      "change in the form what the policy names; if that is not yours to change, ask the platform"),
  REFUSED_BY_KUBERAY(
      "RefusedByKubeRay",
      Owner.TEAM,
      "KubeRay refuses the spec",
      "change the named field in the form"),
  NOT_AS_IN_GIT(
      "NotAsInGit",
      Owner.PLATFORM,
      "the cluster does not have what Git says, though Argo CD calls it synced",
      "refresh the Application in Argo CD (argocd app get {application} --hard-refresh) and fix what its sync then says"),
  ZIP_NOT_FOUND(
      "ZipNotFound",
      Owner.TEAM,
      "the zip of rayServeFile is not there",
      "open the address of rayServeFile, and correct it"),
  ZIP_FORBIDDEN(
      "ZipForbidden",
      Owner.TEAM,
      "the zip of rayServeFile may not be read",
      "give the pods its password by a Secret with the use netrc in spec.secrets, or put the zip where no login is needed"),
  ZIP_TLS(
      "ZipTls",
      Owner.TEAM,
      "the server of rayServeFile shows a certificate that the Ray image does not trust",
      "use a certificate of a known authority, or an image that holds yours"),
  NOT_A_ZIP(
      "NotAZip",
      Owner.TEAM,
      "what rayServeFile names is no zip",
      "open the address: a login page and an error page are no zip either"),
  ZIP_UNREACHABLE(
      "ZipUnreachable",
      Owner.PLATFORM,
      "the server of rayServeFile cannot be reached from the cluster",
      "see whether pods may reach it: DNS, network policies, proxy"),
  ENTRY_POINT(
      "EntryPoint",
      Owner.TEAM,
      "the entry point importPath is not in the zip",
      "compare importPath with the zip: Ray looks inside the folder at its top where that is the only one, else at the top itself"),
  MODULE_MISSING(
      "ModuleMissing",
      Owner.TEAM,
      "it imports a Python package that is not there",
      "add the package to runtimeEnv.pip in the form, or take an image that has it"),
  PACKAGES_NOT_INSTALLED(
      "PackagesNotInstalled",
      Owner.TEAM,
      "the packages of runtimeEnv.pip cannot be installed",
      "correct what pip names in runtimeEnv.pip; a private index or repository needs a Secret with the use netrc in spec.secrets; where pip reaches no index, let the platform set packageIndex"),
  APPLICATION_RAISED(
      "ApplicationRaised",
      Owner.TEAM,
      "its own code raised an exception",
      "read the whole text, then fix the code or what it needs"),
  SERVE_CONFIG_REFUSED(
      "ServeConfigRefused",
      Owner.TEAM,
      "the Ray head does not take the Serve application",
      "see whether the image has ray[serve] and the Ray of ray.version, and whether serveConfig is what that Ray takes"),
  SERVE_SILENT(
      "ServeSilent",
      Owner.TEAM,
      "the Ray head is ready, and KubeRay learns nothing of its Serve application",
      "see whether the image has ray[serve]; if it has, let the platform read the log of the KubeRay operator, and see whether a network policy keeps the operator from port 8265 of the head"),
  SERVE_DEPLOY_FAILED(
      "ServeDeployFailed",
      Owner.TEAM,
      "it cannot be deployed",
      "read the whole text and the logs on the Ray dashboard, then fix the code"),
  SERVE_UNHEALTHY(
      "ServeUnhealthy",
      Owner.TEAM,
      "its replicas fail their health checks",
      "read the whole text and the logs on the Ray dashboard, then fix the code"),
  REPLICAS_UNSCHEDULED(
      "ReplicasUnscheduled",
      Owner.TEAM,
      "no Ray worker takes its replicas",
      "compare what a replica asks for with resources.worker and replicas of the form; where workers run, see whether they reach the head's port 6379"),
  REPLICAS_SLOW(
      "ReplicasSlow",
      Owner.TEAM,
      "its replicas take long to start",
      "read the replica's log on the Ray dashboard: what its __init__ loads may be large, or not come"),
  NOT_ENOUGH_CPU(
      "NotEnoughCpu",
      Owner.TEAM,
      "no node has enough CPU",
      "ask for less in the form, free something, or add a node"),
  NOT_ENOUGH_GPU(
      "NotEnoughGpu",
      Owner.TEAM,
      "no node has enough GPUs or other devices",
      "ask for less in the form, free something, or add a node"),
  NOT_ENOUGH_MEMORY(
      "NotEnoughMemory",
      Owner.TEAM,
      "no node has enough memory",
      "ask for less in the form, free something, or add a node"),
  NOT_ENOUGH_DISK(
      "NotEnoughDisk",
      Owner.TEAM,
      "no node has enough disk for what its pods ask for",
      "ask for less in the form (ephemeralStorage), free something, or add a node"),
  NODES_FULL(
      "NodesFull",
      Owner.PLATFORM,
      "the nodes have no room left",
      "free what the message names, or add a node"),
  UNTOLERATED_TAINT(
      "UntoleratedTaint",
      Owner.PLATFORM,
      "the nodes have a taint that its pods do not tolerate",
      "choose hardware that tolerates it, or let the platform add the toleration to the hardware profile, take the taint off a node, or add a node without it; a taint of node.kubernetes.io says what the node lacks, and goes when that is fixed"),
  NODES_CORDONED(
      "NodesCordoned",
      Owner.PLATFORM,
      "the nodes take no new pods",
      "end the maintenance of a node (kubectl uncordon), or add a node"),
  VOLUME_NOT_BOUND(
      "VolumeNotBound",
      Owner.PLATFORM,
      "a volume that its pods ask for is not there, or not where a node is free",
      "compare modelCache.storageClassName and accessMode with the classes of the cluster (kubectl get storageclasses), and see what the claim waits for (kubectl describe pods,pvc): its class, its zone and its node have to have room"),
  SCHEDULING_GATED(
      "SchedulingGated",
      Owner.PLATFORM,
      "its pods are held back from the scheduler",
      "see which gates spec.schedulingGates of the pod has, and what their controller waits for, such as a queue of Kueue"),
  UNSCHEDULABLE(
      "Unschedulable",
      Owner.PLATFORM,
      "no node takes the pod",
      "see what the message names: a node selector comes from the hardware profile of the form, and has to match a node; anything else comes from a policy of the cluster"),
  EVICTED(
      "Evicted",
      Owner.PLATFORM,
      "a node evicted its pod",
      "free what the node is low on, or add a node; KubeRay makes another pod by itself"),
  NODE_REFUSED(
      "NodeRefused",
      Owner.PLATFORM,
      "a node refused its pod",
      "see what the node says in the message, and read its kubelet's log; KubeRay makes another pod by itself"),
  NODE_SHUTDOWN(
      "NodeShutdown",
      Owner.PLATFORM,
      "the node of its pod was shut down or lost",
      "see whether the node comes back (kubectl get nodes), or add one; KubeRay makes another pod by itself"),
  SANDBOX_FAILED(
      "SandboxFailed",
      Owner.PLATFORM,
      "the node cannot make the sandbox of its pod",
      "see what the message names: the network plugin and its free addresses, the runtime class, a device, the node's disk"),
  VOLUME_NOT_MOUNTED(
      "VolumeNotMounted",
      Owner.PLATFORM,
      "the node cannot mount a volume of its pod",
      "see what the message names in the namespace {namespace}: a Secret, ConfigMap or claim that is not there, or a disk that another node still holds"),
  QUOTA_EXCEEDED(
      "QuotaExceeded",
      Owner.TEAM,
      "the quota of its namespace does not allow its pods",
      "ask for less, or have the quota raised"),
  POD_FORBIDDEN(
      "PodForbidden",
      Owner.PLATFORM,
      "the cluster does not allow its pods",
      "see which policy the message names"),
  IMAGE_PULL(
      "ImagePull",
      Owner.TEAM,
      "the image cannot be pulled",
      "see what the message says: the image has to exist and the nodes have to reach its registry; a private registry needs a Secret with the use imagePull in spec.secrets; an image that ray.image does not name is that of the hardware profile or rayproject/ray, and the platform's"),
  INVALID_IMAGE_NAME(
      "InvalidImageName",
      Owner.TEAM,
      "no node can read the name of its image",
      "correct ray.image in the form: lower case, one tag or digest, and no https:// or docker:// in front"),
  CONTAINER_SETUP(
      "ContainerSetup",
      Owner.TEAM,
      "the container cannot be set up",
      "see what the message names: a Secret, a volume, a user"),
  CRASH("Crash", Owner.TEAM, "the container ends again and again", "read its log: {log}"),
  OUT_OF_MEMORY(
      "OutOfMemory",
      Owner.TEAM,
      "the container had less memory than it needed",
      "raise resources.head.memory or resources.worker.memory in the form"),
  INIT_OUT_OF_MEMORY(
      "InitOutOfMemory",
      Owner.PLATFORM,
      "an init container had less memory than it needed",
      "the form does not reach the init container {container}: raise its memory where it is added, for wait-gcs-ready by a policy of the cluster, because KubeRay gives it 256Mi; or leave that one out with ENABLE_INIT_CONTAINER_INJECTION=false at the KubeRay operator"),
  START_SLOW(
      "StartSlow",
      Owner.TEAM,
      "it takes longer to start than it should",
      "see the Ray dashboard and the log of the Ray head: what the model loads may be large, or not come; where it always takes so long, let the platform raise scaffolder.status.long-patience"),
  UPGRADE_SLOW(
      "UpgradeSlow",
      Owner.TEAM,
      "the new Ray cluster of an upgrade does not take over",
      "see the pods and the log of the head of {cluster}; the one before goes on meanwhile, and the commit before in Git ends the upgrade"),
  HEAD_NOT_READY(
      "HeadNotReady",
      Owner.TEAM,
      "the Ray head runs and does not answer",
      "read its log ({log}): with little CPU it may take minutes, which more resources.head.cpu in the form makes shorter"),
  WORKERS_NOT_JOINING(
      "WorkersNotJoining",
      Owner.PLATFORM,
      "Ray workers run and do not join the head",
      "see whether a network policy keeps the workers from the head's ports 6379, 8265 and 10001, and whether DNS works in the namespace"),
  INGRESS_CLASS_MISSING(
      "IngressClassMissing",
      Owner.PLATFORM,
      "the cluster does not have its ingress class",
      "install its controller, or set ingress.className to a class that is there"),
  NO_INGRESS_ADDRESS(
      "NoIngressAddress",
      Owner.PLATFORM,
      "no controller serves the Ingress",
      "see whether the controller of class {class} runs, and then whether DNS leads {host} to it"),
  HOST_UNKNOWN(
      "HostUnknown",
      Owner.PLATFORM,
      "the host of its endpoints has no address in DNS",
      "let DNS lead {host} to {address}, or set ingress.host to a name that DNS knows"),
  SOURCE_UNREADABLE(
      "SourceUnreadable",
      Owner.PLATFORM,
      "what would tell how it is cannot be read",
      "see what the message names: whether the service reaches it and may read it (/q/health/ready), and whether the object there is as its schema says"),
  NAMESPACE_TERMINATING(
      "NamespaceTerminating",
      Owner.PLATFORM,
      "its target namespace does not end",
      "see what the namespace {namespace} waits for: an APIService that does not answer (kubectl get apiservices), or the controller of a finalizer in it; a finalizer is taken away by hand only where its controller is gone"),
  DELETION_STUCK(
      "DeletionStuck",
      Owner.PLATFORM,
      "its deletion does not end",
      "see whether the controllers of the finalizers in the evidence run, and what their logs say; a finalizer is taken away by hand only where its controller is gone"),
  NOT_REMOVED(
      "NotRemoved",
      Owner.PLATFORM,
      "Git does not have it any more, and nothing removes it from the cluster",
      "see whether the ApplicationSet controller of Argo CD runs and may delete; where no Application is left, delete the kro instance, or without one the namespace {namespace}, by hand");

  /** Who can fix it, as a rule. */
  public enum Owner {
    /** The team that owns the Ray Service: its form, its code, its image. */
    TEAM("the team"),
    /** The people who run the cluster and its operators. */
    PLATFORM("the platform");

    private final String label;

    Owner(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  private final String code;
  private final Owner owner;
  private final String meaning;
  private final String nextStep;

  Problem(String code, Owner owner, String meaning, String nextStep) {
    this.code = code;
    this.owner = owner;
    this.meaning = meaning;
    this.nextStep = nextStep;
  }

  /** The word in CamelCase that answers, events and the documentation use. */
  public String code() {
    return code;
  }

  public Owner owner() {
    return owner;
  }

  /** What it means, in a few words for people. */
  public String meaning() {
    return meaning;
  }

  /** What can be done about it, with {@code {placeholders}} where a finding names an object. */
  public String nextStep() {
    return nextStep;
  }

  /** What can be done about it, with these values for the placeholders. */
  String nextStep(Map<String, String> values) {
    String filled = nextStep;
    for (Map.Entry<String, String> value : values.entrySet()) {
      filled = filled.replace("{" + value.getKey() + "}", value.getValue());
    }
    return filled;
  }

  /** Whether it depends on how much of the cluster is free. */
  public boolean isLackOfCapacity() {
    return this == NOT_ENOUGH_CPU
        || this == NOT_ENOUGH_GPU
        || this == NOT_ENOUGH_MEMORY
        || this == NOT_ENOUGH_DISK;
  }
}

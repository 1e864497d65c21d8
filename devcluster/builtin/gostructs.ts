/**
 * The shape of the real server's internal types of pods, claims and volumes: some of its messages print values of them.
 *
 * Of each struct the fields in order, as `GoName type`, or `GoName:jsonName type` where the name in JSON is not the same with a small
 * first letter; `...Struct` is embedded. Types: `s`, `n`, `b`, `q` (a quantity), `i` (int or string), `map`, `raw` (as in JSON), the name
 * of a struct, and `*` and `[]` of these.
 */
export const goStructs: { readonly [name: string]: string } = {
  PodSpec:
    'Volumes []Volume, InitContainers []Container, Containers []Container, EphemeralContainers []EphemeralContainer, RestartPolicy s, TerminationGracePeriodSeconds *n, ActiveDeadlineSeconds *n, DNSPolicy:dnsPolicy s, NodeSelector map, ServiceAccountName s, AutomountServiceAccountToken *b, NodeName s, SecurityContext *PodSecurityContext, ImagePullSecrets []LocalObjectReference, Hostname s, Subdomain s, SetHostnameAsFQDN *b, Affinity *Affinity, SchedulerName s, Tolerations []Toleration, HostAliases []HostAlias, PriorityClassName s, Priority *n, PreemptionPolicy *s, DNSConfig:dnsConfig *PodDNSConfig, ReadinessGates []PodReadinessGate, RuntimeClassName *s, Overhead map, EnableServiceLinks *b, TopologySpreadConstraints []TopologySpreadConstraint, OS:os *PodOS, SchedulingGates []PodSchedulingGate, ResourceClaims []PodResourceClaim, Resources *ResourceRequirements, HostnameOverride *s, SchedulingGroup *PodSchedulingGroup',
  PodFailurePolicy: 'Rules []PodFailurePolicyRule',
  PodFailurePolicyRule:
    'Action s, OnExitCodes *PodFailurePolicyOnExitCodesRequirement, OnPodConditions []PodFailurePolicyOnPodConditionsPattern',
  PodFailurePolicyOnExitCodesRequirement: 'ContainerName *s, Operator s, Values []n',
  PodFailurePolicyOnPodConditionsPattern: 'Type s, Status s',
  PersistentVolumeClaimSpec:
    'AccessModes []s, Selector *raw, Resources VolumeResourceRequirements, VolumeName s, StorageClassName *s, VolumeMode *s, DataSource *TypedLocalObjectReference, DataSourceRef *TypedObjectReference, VolumeAttributesClassName *s',
  PersistentVolumeSource:
    'GCEPersistentDisk:gcePersistentDisk *GCEPersistentDiskVolumeSource, AWSElasticBlockStore:awsElasticBlockStore *AWSElasticBlockStoreVolumeSource, HostPath *HostPathVolumeSource, Glusterfs *GlusterfsPersistentVolumeSource, NFS:nfs *NFSVolumeSource, RBD:rbd *RBDPersistentVolumeSource, Quobyte *QuobyteVolumeSource, ISCSI:iscsi *ISCSIPersistentVolumeSource, FlexVolume *FlexPersistentVolumeSource, Cinder *CinderPersistentVolumeSource, CephFS:cephfs *CephFSPersistentVolumeSource, FC:fc *FCVolumeSource, Flocker *FlockerVolumeSource, AzureFile *AzureFilePersistentVolumeSource, VsphereVolume *VsphereVirtualDiskVolumeSource, AzureDisk *AzureDiskVolumeSource, PhotonPersistentDisk *PhotonPersistentDiskVolumeSource, PortworxVolume *PortworxVolumeSource, ScaleIO *ScaleIOPersistentVolumeSource, Local *LocalVolumeSource, StorageOS:storageos *StorageOSPersistentVolumeSource, CSI:csi *CSIPersistentVolumeSource',
  SecurityContext:
    'Capabilities *Capabilities, Privileged *b, SELinuxOptions:seLinuxOptions *SELinuxOptions, WindowsOptions *WindowsSecurityContextOptions, RunAsUser *n, RunAsGroup *n, RunAsNonRoot *b, ReadOnlyRootFilesystem *b, AllowPrivilegeEscalation *b, ProcMount *s, SeccompProfile *SeccompProfile, AppArmorProfile *AppArmorProfile',
  Volume: 'Name s, ...VolumeSource',
  Container:
    'Name s, Image s, Command []s, Args []s, WorkingDir s, Ports []ContainerPort, EnvFrom []EnvFromSource, Env []EnvVar, Resources ResourceRequirements, ResizePolicy []ContainerResizePolicy, RestartPolicy *s, RestartPolicyRules []ContainerRestartRule, VolumeMounts []VolumeMount, VolumeDevices []VolumeDevice, LivenessProbe *Probe, ReadinessProbe *Probe, StartupProbe *Probe, Lifecycle *Lifecycle, TerminationMessagePath s, TerminationMessagePolicy s, ImagePullPolicy s, SecurityContext *SecurityContext, Stdin b, StdinOnce b, TTY:tty b',
  EphemeralContainer: '...EphemeralContainerCommon, TargetContainerName s',
  PodSecurityContext:
    'HostNetwork b, HostPID b, HostIPC b, ShareProcessNamespace *b, HostUsers *b, SELinuxOptions:seLinuxOptions *SELinuxOptions, WindowsOptions *WindowsSecurityContextOptions, RunAsUser *n, RunAsGroup *n, RunAsNonRoot *b, SupplementalGroups []n, SupplementalGroupsPolicy *s, FSGroup:fsGroup *n, FSGroupChangePolicy:fsGroupChangePolicy *s, Sysctls []Sysctl, SeccompProfile *SeccompProfile, AppArmorProfile *AppArmorProfile, SELinuxChangePolicy:seLinuxChangePolicy *s',
  LocalObjectReference: 'Name s',
  Affinity: 'NodeAffinity *NodeAffinity, PodAffinity *PodAffinity, PodAntiAffinity *PodAntiAffinity',
  Toleration: 'Key s, Operator s, Value s, Effect s, TolerationSeconds *n',
  HostAlias: 'IP:ip s, Hostnames []s',
  PodDNSConfig: 'Nameservers []s, Searches []s, Options []PodDNSConfigOption',
  PodReadinessGate: 'ConditionType s',
  TopologySpreadConstraint:
    'MaxSkew n, TopologyKey s, WhenUnsatisfiable s, LabelSelector *raw, MinDomains *n, NodeAffinityPolicy *s, NodeTaintsPolicy *s, MatchLabelKeys []s',
  PodOS: 'Name s',
  PodSchedulingGate: 'Name s',
  PodResourceClaim: 'Name s, ResourceClaimName *s, ResourceClaimTemplateName *s',
  ResourceRequirements: 'Limits map, Requests map, Claims []ResourceClaim',
  PodSchedulingGroup: 'PodGroupName *s',
  VolumeResourceRequirements: 'Limits map, Requests map',
  TypedLocalObjectReference: 'APIGroup:apiGroup *s, Kind s, Name s',
  TypedObjectReference: 'APIGroup:apiGroup *s, Kind s, Name s, Namespace *s',
  GCEPersistentDiskVolumeSource: 'PDName:pdName s, FSType:fsType s, Partition n, ReadOnly b',
  AWSElasticBlockStoreVolumeSource: 'VolumeID s, FSType:fsType s, Partition n, ReadOnly b',
  HostPathVolumeSource: 'Path s, Type *s',
  GlusterfsPersistentVolumeSource: 'EndpointsName:endpoints s, Path s, ReadOnly b, EndpointsNamespace *s',
  NFSVolumeSource: 'Server s, Path s, ReadOnly b',
  RBDPersistentVolumeSource:
    'CephMonitors:monitors []s, RBDImage:image s, FSType:fsType s, RBDPool:pool s, RadosUser:user s, Keyring s, SecretRef *SecretReference, ReadOnly b',
  QuobyteVolumeSource: 'Registry s, Volume s, ReadOnly b, User s, Group s, Tenant s',
  ISCSIPersistentVolumeSource:
    'TargetPortal s, IQN:iqn s, Lun n, ISCSIInterface:iscsiInterface s, FSType:fsType s, ReadOnly b, Portals []s, DiscoveryCHAPAuth:chapAuthDiscovery b, SessionCHAPAuth:chapAuthSession b, SecretRef *SecretReference, InitiatorName *s',
  FlexPersistentVolumeSource: 'Driver s, FSType:fsType s, SecretRef *SecretReference, ReadOnly b, Options map',
  CinderPersistentVolumeSource: 'VolumeID s, FSType:fsType s, ReadOnly b, SecretRef *SecretReference',
  CephFSPersistentVolumeSource: 'Monitors []s, Path s, User s, SecretFile s, SecretRef *SecretReference, ReadOnly b',
  FCVolumeSource: 'TargetWWNs []s, Lun *n, FSType:fsType s, ReadOnly b, WWIDs:wwids []s',
  FlockerVolumeSource: 'DatasetName s, DatasetUUID s',
  AzureFilePersistentVolumeSource: 'SecretName s, ShareName s, ReadOnly b, SecretNamespace *s',
  VsphereVirtualDiskVolumeSource: 'VolumePath s, FSType:fsType s, StoragePolicyName s, StoragePolicyID s',
  AzureDiskVolumeSource: 'DiskName s, DataDiskURI:diskURI s, CachingMode *s, FSType:fsType *s, ReadOnly *b, Kind *s',
  PhotonPersistentDiskVolumeSource: 'PdID s, FSType:fsType s',
  PortworxVolumeSource: 'VolumeID s, FSType:fsType s, ReadOnly b',
  ScaleIOPersistentVolumeSource:
    'Gateway s, System s, SecretRef *SecretReference, SSLEnabled:sslEnabled b, ProtectionDomain s, StoragePool s, StorageMode s, VolumeName s, FSType:fsType s, ReadOnly b',
  LocalVolumeSource: 'Path s, FSType:fsType *s',
  StorageOSPersistentVolumeSource:
    'VolumeName s, VolumeNamespace s, FSType:fsType s, ReadOnly b, SecretRef *ObjectReference',
  CSIPersistentVolumeSource:
    'Driver s, VolumeHandle s, ReadOnly b, FSType:fsType s, VolumeAttributes map, ControllerPublishSecretRef *SecretReference, NodeStageSecretRef *SecretReference, NodePublishSecretRef *SecretReference, ControllerExpandSecretRef *SecretReference, NodeExpandSecretRef *SecretReference',
  Capabilities: 'Add []s, Drop []s',
  SELinuxOptions: 'User s, Role s, Type s, Level s',
  WindowsSecurityContextOptions:
    'GMSACredentialSpecName:gmsaCredentialSpecName *s, GMSACredentialSpec:gmsaCredentialSpec *s, RunAsUserName *s, HostProcess *b',
  SeccompProfile: 'Type s, LocalhostProfile *s',
  AppArmorProfile: 'Type s, LocalhostProfile *s',
  VolumeSource:
    'HostPath *HostPathVolumeSource, EmptyDir *EmptyDirVolumeSource, GCEPersistentDisk:gcePersistentDisk *GCEPersistentDiskVolumeSource, AWSElasticBlockStore:awsElasticBlockStore *AWSElasticBlockStoreVolumeSource, GitRepo *GitRepoVolumeSource, Secret *SecretVolumeSource, NFS:nfs *NFSVolumeSource, ISCSI:iscsi *ISCSIVolumeSource, Glusterfs *GlusterfsVolumeSource, PersistentVolumeClaim *PersistentVolumeClaimVolumeSource, RBD:rbd *RBDVolumeSource, Quobyte *QuobyteVolumeSource, FlexVolume *FlexVolumeSource, Cinder *CinderVolumeSource, CephFS:cephfs *CephFSVolumeSource, Flocker *FlockerVolumeSource, DownwardAPI *DownwardAPIVolumeSource, FC:fc *FCVolumeSource, AzureFile *AzureFileVolumeSource, ConfigMap *ConfigMapVolumeSource, VsphereVolume *VsphereVirtualDiskVolumeSource, AzureDisk *AzureDiskVolumeSource, PhotonPersistentDisk *PhotonPersistentDiskVolumeSource, Projected *ProjectedVolumeSource, PortworxVolume *PortworxVolumeSource, ScaleIO *ScaleIOVolumeSource, StorageOS:storageos *StorageOSVolumeSource, CSI:csi *CSIVolumeSource, Ephemeral *EphemeralVolumeSource, Image *ImageVolumeSource',
  ContainerPort: 'Name s, HostPort n, ContainerPort n, Protocol s, HostIP s',
  EnvFromSource: 'Prefix s, ConfigMapRef *ConfigMapEnvSource, SecretRef *SecretEnvSource',
  EnvVar: 'Name s, Value s, ValueFrom *EnvVarSource',
  ContainerResizePolicy: 'ResourceName s, RestartPolicy s',
  ContainerRestartRule: 'Action s, ExitCodes *ContainerRestartRuleOnExitCodes',
  VolumeMount: 'Name s, ReadOnly b, RecursiveReadOnly *s, MountPath s, SubPath s, MountPropagation *s, SubPathExpr s',
  VolumeDevice: 'Name s, DevicePath s',
  Probe:
    '...ProbeHandler, InitialDelaySeconds n, TimeoutSeconds n, PeriodSeconds n, SuccessThreshold n, FailureThreshold n, TerminationGracePeriodSeconds *n',
  Lifecycle: 'PostStart *LifecycleHandler, PreStop *LifecycleHandler, StopSignal *s',
  EphemeralContainerCommon:
    'Name s, Image s, Command []s, Args []s, WorkingDir s, Ports []ContainerPort, EnvFrom []EnvFromSource, Env []EnvVar, Resources ResourceRequirements, ResizePolicy []ContainerResizePolicy, RestartPolicy *s, RestartPolicyRules []ContainerRestartRule, VolumeMounts []VolumeMount, VolumeDevices []VolumeDevice, LivenessProbe *Probe, ReadinessProbe *Probe, StartupProbe *Probe, Lifecycle *Lifecycle, TerminationMessagePath s, TerminationMessagePolicy s, ImagePullPolicy s, SecurityContext *SecurityContext, Stdin b, StdinOnce b, TTY:tty b',
  Sysctl: 'Name s, Value s',
  NodeAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution *NodeSelector, PreferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm',
  PodAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm, PreferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm',
  PodAntiAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm, PreferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm',
  PodDNSConfigOption: 'Name s, Value *s',
  ResourceClaim: 'Name s, Request s',
  SecretReference: 'Name s, Namespace s',
  ObjectReference: 'Kind s, Namespace s, Name s, UID:uid s, APIVersion:apiVersion s, ResourceVersion s, FieldPath s',
  EmptyDirVolumeSource: 'Medium s, SizeLimit *q',
  GitRepoVolumeSource: 'Repository s, Revision s, Directory s',
  SecretVolumeSource: 'SecretName s, Items []KeyToPath, DefaultMode *n, Optional *b',
  ISCSIVolumeSource:
    'TargetPortal s, IQN:iqn s, Lun n, ISCSIInterface:iscsiInterface s, FSType:fsType s, ReadOnly b, Portals []s, DiscoveryCHAPAuth:chapAuthDiscovery b, SessionCHAPAuth:chapAuthSession b, SecretRef *LocalObjectReference, InitiatorName *s',
  GlusterfsVolumeSource: 'EndpointsName:endpoints s, Path s, ReadOnly b',
  PersistentVolumeClaimVolumeSource: 'ClaimName s, ReadOnly b',
  RBDVolumeSource:
    'CephMonitors:monitors []s, RBDImage:image s, FSType:fsType s, RBDPool:pool s, RadosUser:user s, Keyring s, SecretRef *LocalObjectReference, ReadOnly b',
  FlexVolumeSource: 'Driver s, FSType:fsType s, SecretRef *LocalObjectReference, ReadOnly b, Options map',
  CinderVolumeSource: 'VolumeID s, FSType:fsType s, ReadOnly b, SecretRef *LocalObjectReference',
  CephFSVolumeSource: 'Monitors []s, Path s, User s, SecretFile s, SecretRef *LocalObjectReference, ReadOnly b',
  DownwardAPIVolumeSource: 'Items []DownwardAPIVolumeFile, DefaultMode *n',
  AzureFileVolumeSource: 'SecretName s, ShareName s, ReadOnly b',
  ConfigMapVolumeSource: '...LocalObjectReference, Items []KeyToPath, DefaultMode *n, Optional *b',
  ProjectedVolumeSource: 'Sources []VolumeProjection, DefaultMode *n',
  ScaleIOVolumeSource:
    'Gateway s, System s, SecretRef *LocalObjectReference, SSLEnabled:sslEnabled b, ProtectionDomain s, StoragePool s, StorageMode s, VolumeName s, FSType:fsType s, ReadOnly b',
  StorageOSVolumeSource:
    'VolumeName s, VolumeNamespace s, FSType:fsType s, ReadOnly b, SecretRef *LocalObjectReference',
  CSIVolumeSource:
    'Driver s, ReadOnly *b, FSType:fsType *s, VolumeAttributes map, NodePublishSecretRef *LocalObjectReference',
  EphemeralVolumeSource: 'VolumeClaimTemplate *PersistentVolumeClaimTemplate',
  ImageVolumeSource: 'Reference s, PullPolicy s',
  ConfigMapEnvSource: '...LocalObjectReference, Optional *b',
  SecretEnvSource: '...LocalObjectReference, Optional *b',
  EnvVarSource:
    'FieldRef *ObjectFieldSelector, ResourceFieldRef *ResourceFieldSelector, ConfigMapKeyRef *ConfigMapKeySelector, SecretKeyRef *SecretKeySelector, FileKeyRef *FileKeySelector',
  ContainerRestartRuleOnExitCodes: 'Operator s, Values []n',
  ProbeHandler:
    'Exec *ExecAction, HTTPGet:httpGet *HTTPGetAction, TCPSocket:tcpSocket *TCPSocketAction, GRPC:grpc *GRPCAction',
  LifecycleHandler:
    'Exec *ExecAction, HTTPGet:httpGet *HTTPGetAction, TCPSocket:tcpSocket *TCPSocketAction, Sleep *SleepAction',
  NodeSelector: 'NodeSelectorTerms []NodeSelectorTerm',
  PreferredSchedulingTerm: 'Weight n, Preference NodeSelectorTerm',
  PodAffinityTerm:
    'LabelSelector *raw, Namespaces []s, TopologyKey s, NamespaceSelector *raw, MatchLabelKeys []s, MismatchLabelKeys []s',
  WeightedPodAffinityTerm: 'Weight n, PodAffinityTerm PodAffinityTerm',
  KeyToPath: 'Key s, Path s, Mode *n',
  DownwardAPIVolumeFile: 'Path s, FieldRef *ObjectFieldSelector, ResourceFieldRef *ResourceFieldSelector, Mode *n',
  VolumeProjection:
    'Secret *SecretProjection, DownwardAPI *DownwardAPIProjection, ConfigMap *ConfigMapProjection, ServiceAccountToken *ServiceAccountTokenProjection, ClusterTrustBundle *ClusterTrustBundleProjection, PodCertificate *PodCertificateProjection',
  PersistentVolumeClaimTemplate: '...raw, Spec PersistentVolumeClaimSpec',
  ObjectFieldSelector: 'APIVersion:apiVersion s, FieldPath s',
  ResourceFieldSelector: 'ContainerName s, Resource s, Divisor q',
  ConfigMapKeySelector: '...LocalObjectReference, Key s, Optional *b',
  SecretKeySelector: '...LocalObjectReference, Key s, Optional *b',
  FileKeySelector: 'VolumeName s, Path s, Key s, Optional *b',
  ExecAction: 'Command []s',
  HTTPGetAction: 'Path s, Port i, Host s, Scheme s, HTTPHeaders:httpHeaders []HTTPHeader',
  TCPSocketAction: 'Port i, Host s',
  GRPCAction: 'Port n, Service *s',
  SleepAction: 'Seconds n',
  NodeSelectorTerm: 'MatchExpressions []NodeSelectorRequirement, MatchFields []NodeSelectorRequirement',
  SecretProjection: '...LocalObjectReference, Items []KeyToPath, Optional *b',
  DownwardAPIProjection: 'Items []DownwardAPIVolumeFile',
  ConfigMapProjection: '...LocalObjectReference, Items []KeyToPath, Optional *b',
  ServiceAccountTokenProjection: 'Audience s, ExpirationSeconds n, Path s',
  ClusterTrustBundleProjection: 'Name *s, SignerName *s, LabelSelector *raw, Optional *b, Path s',
  PodCertificateProjection:
    'SignerName s, KeyType s, MaxExpirationSeconds *n, CredentialBundlePath s, KeyPath s, CertificateChainPath s, UserAnnotations map',
  HTTPHeader: 'Name s, Value s',
  NodeSelectorRequirement: 'Key s, Operator s, Values []s',
};

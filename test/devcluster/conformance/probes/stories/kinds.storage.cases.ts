/** Probes of claims, volumes, classes and drivers of storage over several requests. */
import type { Case } from '../../harness.ts';
import { body, get, patch, pathOf, post, remove, selector, table } from '../../probes.objects.ts';
import { casesOf, create, pick } from '../../steps.ts';
import { dry, of } from './requests.ts';

const one = casesOf('probes-kinds', 'settings: ');
const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const volume = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp' } };
const driver = of('storage.k8s.io/v1', 'csidrivers', 'CSIDriver');
const attachment = of('storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment');
const attributes = of('storage.k8s.io/v1', 'volumeattributesclasses', 'VolumeAttributesClass');

export const storageStories: readonly Case[] = [
  one(
    'PersistentVolumeClaim: what may change before and after it is bound',
    post('PersistentVolumeClaim', { spec: claim }),
    patch('PersistentVolumeClaim', { spec: { accessModes: ['ReadOnlyMany'] } }),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '2Gi' } } } }),
    patch('PersistentVolumeClaim', { spec: { storageClassName: 'x' } }),
    patch('PersistentVolumeClaim', { spec: { volumeName: 'v' } }),
    patch('PersistentVolumeClaim', { spec: { volumeName: 'w' } }),
    patch(
      'PersistentVolumeClaim',
      { status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] } },
      'merge',
      '/status',
    ),
    table(get('PersistentVolumeClaim')),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '500Mi' } } } }),
    patch('PersistentVolumeClaim', { spec: { volumeMode: 'Block' } }),
    patch('PersistentVolumeClaim', { spec: { selector } }),
    patch('PersistentVolumeClaim', { spec: { dataSource: { kind: 'PersistentVolumeClaim', name: 'x' } } }),
    patch('PersistentVolumeClaim', { spec: { volumeAttributesClassName: 'gold' } }),
    patch('PersistentVolumeClaim', { status: { phase: 'Other' } }, 'merge', '/status'),
    { ...remove('PersistentVolumeClaim'), view: pick('metadata.finalizers', 'metadata.deletionGracePeriodSeconds') },
  ),
  one(
    'PersistentVolumeClaim: specs',
    ...[
      {},
      { accessModes: ['ReadWriteOnce'] },
      { accessModes: [], resources: claim.resources },
      { accessModes: ['Sometimes'], resources: claim.resources },
      { accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'], resources: claim.resources },
      { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '0' } } },
      { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '-1Gi' } } },
      { accessModes: ['ReadWriteOnce'], resources: { requests: { cpu: '1' } } },
      { ...claim, storageClassName: 'Bad_' },
      { ...claim, storageClassName: '' },
      { ...claim, volumeMode: 'Raw' },
      { ...claim, dataSource: { kind: 'VolumeSnapshot', name: 's', apiGroup: 'snapshot.storage.k8s.io' } },
      { ...claim, dataSourceRef: { kind: 'Pod', name: 's' } },
      {
        ...claim,
        dataSource: { kind: 'PersistentVolumeClaim', name: 's' },
        dataSourceRef: { kind: 'PersistentVolumeClaim', name: 't' },
      },
    ].map((spec) => dry('PersistentVolumeClaim', { spec })),
  ),
  one(
    'PersistentVolume: a life',
    post('PersistentVolume', { spec: volume }),
    patch('PersistentVolume', { spec: { hostPath: { path: '/other' } } }),
    patch('PersistentVolume', { spec: { capacity: { storage: '2Gi' } } }),
    patch('PersistentVolume', { spec: { persistentVolumeReclaimPolicy: 'Delete' } }),
    patch('PersistentVolume', { spec: { persistentVolumeReclaimPolicy: 'Recycle' } }),
    patch('PersistentVolume', { spec: { volumeMode: 'Block' } }),
    patch('PersistentVolume', { spec: { claimRef: { namespace: '{ns}', name: 'c' } } }),
    patch('PersistentVolume', {
      spec: {
        nodeAffinity: {
          required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }] },
        },
      },
    }),
    patch('PersistentVolume', { spec: { nodeAffinity: null } }),
    patch('PersistentVolume', { status: { phase: 'Bound', reason: 'r' } }, 'merge', '/status'),
    table(get('PersistentVolume')),
    patch('PersistentVolume', { spec: { nfs: { server: 's', path: '/' } } }),
    patch('PersistentVolume', { spec: { mountOptions: ['ro'], storageClassName: 'x' } }),
    { ...remove('PersistentVolume'), view: pick('metadata.finalizers', 'status.phase') },
  ),
  one(
    'PersistentVolume: specs',
    ...[
      {},
      { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] },
      { ...volume, nfs: { server: 's', path: '/x' } },
      { ...volume, hostPath: { path: '../x' } },
      { ...volume, hostPath: { path: '/x', type: 'Odd' } },
      { ...volume, hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' },
      { ...volume, capacity: { storage: '1', cpu: '1' } },
      { ...volume, persistentVolumeReclaimPolicy: 'Sometimes' },
      { ...volume, hostPath: undefined, csi: { driver: 'd', volumeHandle: '' } },
      {
        ...volume,
        hostPath: undefined,
        csi: { driver: 'Bad_', volumeHandle: 'h', nodePublishSecretRef: { name: 's' } },
      },
      { ...volume, hostPath: undefined, local: { path: '/x' } },
      { ...volume, hostPath: undefined, nfs: { server: '', path: 'rel' } },
    ].map((spec) => dry('PersistentVolume', { spec })),
  ),
  one(
    'StorageClass: a life',
    create(pathOf('StorageClass'), body('StorageClass', { provisioner: 'x.io/y', parameters: { a: 'b' } })),
    patch('StorageClass', { parameters: { a: 'c' } }),
    patch('StorageClass', { provisioner: 'z.io/y' }),
    patch('StorageClass', { reclaimPolicy: 'Retain' }),
    patch('StorageClass', { volumeBindingMode: 'WaitForFirstConsumer' }),
    patch('StorageClass', { allowVolumeExpansion: true, mountOptions: ['ro'] }),
    patch('StorageClass', { allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a', 'a'] }] }] }),
    patch('StorageClass', { metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'false' } } }),
    table(get('StorageClass')),
    dry('StorageClass', {}, { name: 'c-{ns}' }),
    dry('StorageClass', { provisioner: 'Bad Name' }, { name: 'c-{ns}' }),
    dry('StorageClass', { provisioner: 'x', reclaimPolicy: 'Recycle', volumeBindingMode: 'Later' }, { name: 'c-{ns}' }),
    dry('StorageClass', { provisioner: 'x', parameters: { '': 'x' } }, { name: 'c-{ns}' }),
  ),
  one(
    'CSIDriver, VolumeAttachment and attributes',
    driver.post({ spec: {} }),
    driver.patch({ spec: { attachRequired: false } }),
    driver.patch({ spec: { fsGroupPolicy: 'None' } }),
    driver.patch({ spec: { requiresRepublish: true, tokenRequests: [{ audience: 'a' }, { audience: 'a' }] } }),
    driver.patch({ spec: { volumeLifecycleModes: ['Odd'] } }),
    attachment.post({ spec: { attacher: 'x.io', nodeName: 'n', source: { persistentVolumeName: 'v' } } }),
    attachment.patch({ spec: { nodeName: 'm' } }),
    attachment.patch({ status: { attached: true } }, '/status'),
    attachment.patch({ status: { attached: false } }),
    attachment.post({ spec: { attacher: 'x.io', nodeName: 'n', source: {} } }, { name: 'c-{ns}' }),
    attributes.post({ driverName: 'x.io', parameters: { a: 'b' } }),
    attributes.patch({ parameters: { a: 'c' } }),
    attributes.patch({ driverName: 'y.io' }),
    attributes.post({ driverName: 'x.io' }, { name: 'c-{ns}' }),
    table(attributes.get()),
  ),
];

/** Claims, volumes and storage classes. */
import type { Case } from '../../harness.ts';
import { get, patch, post, table } from '../../probes.objects.ts';
import { quiet } from '../../steps.ts';
import { one } from './shared.ts';

const columns = (found: unknown): unknown => (found as { columnDefinitions?: unknown }).columnDefinitions;

export const storage: Case[] = [
  one(
    'claim: made',
    post('PersistentVolumeClaim', {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }),
    table(get('PersistentVolumeClaim')),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '2Gi' } } } }),
    patch('PersistentVolumeClaim', { spec: { storageClassName: 'x' } }),
    patch('PersistentVolumeClaim', { spec: { accessModes: ['ReadWriteMany'] } }),
    patch('PersistentVolumeClaim', { spec: { volumeName: 'v' } }),
    patch('PersistentVolumeClaim', { spec: { volumeName: 'w' } }),
  ),
  one(
    'claim: grows once bound',
    quiet(
      post('PersistentVolumeClaim', {
        spec: {
          storageClassName: '',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
          volumeName: 'v',
        },
      }),
    ),
    quiet(
      patch('PersistentVolumeClaim', { status: { phase: 'Bound', capacity: { storage: '1Gi' } } }, 'merge', '/status'),
    ),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '2Gi' } } } }),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '512Mi' } } } }),
  ),
  one(
    'claim: grows with a class that lets it',
    {
      path: '/apis/storage.k8s.io/v1/storageclasses',
      body: {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'c-{ns}' },
        provisioner: 'example.com/p',
        allowVolumeExpansion: true,
      },
    },
    quiet(
      post('PersistentVolumeClaim', {
        spec: {
          storageClassName: 'c-{ns}',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
          volumeName: 'v',
        },
      }),
    ),
    quiet(
      patch('PersistentVolumeClaim', { status: { phase: 'Bound', capacity: { storage: '1Gi' } } }, 'merge', '/status'),
    ),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '2Gi' } } } }),
  ),
  one(
    'class: default',
    quiet({
      path: '/apis/storage.k8s.io/v1/storageclasses',
      body: {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'c-{ns}' },
        provisioner: 'example.com/p',
        parameters: { a: 'b' },
        volumeBindingMode: 'WaitForFirstConsumer',
        reclaimPolicy: 'Retain',
      },
    }),
    table({ path: '/apis/storage.k8s.io/v1/storageclasses/c-{ns}' }),
    {
      method: 'PATCH',
      path: '/apis/storage.k8s.io/v1/storageclasses/c-{ns}',
      body: { provisioner: 'x' },
      type: 'application/merge-patch+json',
    },
    {
      method: 'PATCH',
      path: '/apis/storage.k8s.io/v1/storageclasses/c-{ns}',
      body: { reclaimPolicy: 'Delete', parameters: null, allowVolumeExpansion: true },
      type: 'application/merge-patch+json',
    },
  ),
  one(
    'volume: made',
    quiet(
      post('PersistentVolume', {
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          hostPath: { path: '/x' },
          storageClassName: 'zz',
        },
      }),
    ),
    { ...table(get('PersistentVolume')), until: () => true, view: columns },
    patch('PersistentVolume', { spec: { hostPath: { path: '/y' } } }),
    patch('PersistentVolume', { spec: { capacity: { storage: '2Gi' } } }),
    patch('PersistentVolume', { spec: { persistentVolumeReclaimPolicy: 'Nope' } }),
  ),
];

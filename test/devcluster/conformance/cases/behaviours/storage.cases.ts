/** Claims and volumes. */
import type { Case } from '../../harness.ts';
import { area, patch, post, selector, status } from './shared.ts';

export const storage: Case[] = [
  area(
    'claim',
    post('PersistentVolumeClaim', {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }),
    patch('PersistentVolumeClaim', { spec: { volumeName: 'pv' } }),
    patch('PersistentVolumeClaim', { spec: { volumeName: 'other' } }),
    status('PersistentVolumeClaim', { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] }),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '2Gi' } } } }),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '500Mi' } } } }),
    patch('PersistentVolumeClaim', { spec: { storageClassName: 'x' } }),
    patch('PersistentVolumeClaim', { spec: { volumeAttributesClassName: 'gold' } }),
    patch('PersistentVolumeClaim', { spec: { accessModes: ['ReadOnlyMany'] } }),
    status('PersistentVolumeClaim', { capacity: { storage: '-1' } }),
    status('PersistentVolumeClaim', { conditions: [{ type: 'Resizing', status: 'True' }] }),
    patch('PersistentVolumeClaim', { spec: { volumeMode: 'Block' } }),
    patch('PersistentVolumeClaim', { spec: { selector } }),
  ),
  area(
    'volume',
    post('PersistentVolume', {
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        csi: { driver: 'd.example.com', volumeHandle: 'h' },
      },
    }),
    patch('PersistentVolume', { spec: { csi: { volumeHandle: 'i' } } }),
    patch('PersistentVolume', { spec: { csi: null, hostPath: { path: '/x' } } }),
    patch('PersistentVolume', {
      spec: { capacity: { storage: '2Gi' }, persistentVolumeReclaimPolicy: 'Delete', mountOptions: ['ro'] },
    }),
    patch('PersistentVolume', { spec: { storageClassName: 'x', volumeMode: 'Block' } }),
    status('PersistentVolume', { phase: 'Failed', message: 'm', reason: 'r' }),
    patch('PersistentVolume', {
      spec: {
        nodeAffinity: {
          required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }] },
        },
      },
    }),
    patch('PersistentVolume', { spec: { nodeAffinity: null } }),
  ),
  area(
    'class',
    post('StorageClass', { provisioner: 'a.b/c' }),
    patch('StorageClass', { reclaimPolicy: 'Retain' }),
    patch('StorageClass', { allowVolumeExpansion: true, mountOptions: ['x'] }),
    patch('StorageClass', { parameters: { a: 'b' } }),
    patch('StorageClass', { provisioner: 'x' }),
  ),
];

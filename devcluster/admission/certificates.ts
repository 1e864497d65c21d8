/** CertificateApproval, CertificateSigning and CertificateSubjectRestriction: who may approve and sign for which signer, and for whom nobody may. */
import { authorize } from '../authz/rbac.ts';
import { text } from '../builtin/access.ts';
import type { RegistryContext } from '../registry/call.ts';
import { forbidden } from '../request/status.ts';
import type { KubeObject } from '../types.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './chain.ts';

const group = 'certificates.k8s.io';
const plural = 'certificatesigningrequests';

/** An organisation of the subject, as DER has it: the identifier 2.5.4.10 and a text of one of the usual kinds. */
const ofMasters = ['\x0c', '\x13'].map((kind) => `\x06\x03\x55\x04\x0a${kind}\x0esystem:masters`);

/** The plugins, as one. */
export function certificateRights(context: () => RegistryContext): AdmissionPlugin {
  const may = ({ user }: AdmissionAttributes, verb: string, signer: string): boolean =>
    [signer, `${signer.split('/')[0] ?? ''}/*`].some(
      (name) =>
        authorize(context(), {
          ...{ user, verb, group, name, resource: 'signers', resourceRequest: true },
          ...{ subresource: '', namespace: '', path: '' },
        }).allowed,
    );
  return {
    name: 'CertificateRights',
    handles: ({ definition, operation, object }) =>
      definition.group === group && definition.plural === plural && object !== undefined && operation !== 'DELETE',
    validate: (attributes) => {
      const { operation, subresource, oldObject } = attributes;
      const object = attributes.object as KubeObject;
      const signer = text(object, 'spec.signerName');
      const refuse = (why: string): Error => forbidden({ group, resource: plural }, object.metadata.name ?? '', why);
      if (operation === 'CREATE') {
        if (signer !== 'kubernetes.io/kube-apiserver-client' || !isForMasters(object)) return undefined;
        throw refuse(`use of ${signer} signer with system:masters group is not allowed`);
      }
      const changed = (path: string): boolean => text(object, path) !== text(oldObject, path);
      const quoted = JSON.stringify(signer);
      if (subresource === 'approval' && !may(attributes, 'approve', signer))
        throw refuse(`user not permitted to approve requests with signerName ${quoted}`);
      if (subresource === 'status' && changed('status.certificate') && !may(attributes, 'sign', signer))
        throw refuse(`user not permitted to sign requests with signerName ${quoted}`);
      return undefined;
    },
  };
}

function isForMasters(object: KubeObject): boolean {
  const pem = Buffer.from(text(object, 'spec.request'), 'base64').toString('latin1');
  const body = /-----BEGIN CERTIFICATE REQUEST-----([^-]*)-----END/.exec(pem)?.[1] ?? '';
  const der = Buffer.from(body, 'base64').toString('latin1');
  return ofMasters.some((part) => der.includes(part));
}

/** Files that the lines name. */
export const FILES: Readonly<Record<string, string>> = {
  'web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1
          ports: [{containerPort: 8080}]
          env: [{name: MODE, value: a}]
`,
  'web-2.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web, tier: front}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:2
          ports: [{containerPort: 8080}]
        - {name: sidecar, image: 'example.com/sidecar:1'}
`,
  'settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue, size: "3"}
`,
  'settings-2.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: green, shape: round}
`,
  'service.yaml': `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
`,
  'pod.yaml': `apiVersion: v1
kind: Pod
metadata: {name: one, labels: {app: one}}
spec:
  containers: [{name: main, image: 'example.com/main:1', resources: {requests: {cpu: 100m, memory: 64Mi}}}]
`,
  'bad.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: bad}
dta: {a: b}
`,
  'crd.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.kubectl.example.com}
spec:
  group: kubectl.example.com
  scope: Namespaced
  names: {kind: Gadget, plural: gadgets, singular: gadget, shortNames: [gd], categories: [all]}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}, scale: {specReplicasPath: .spec.count, statusReplicasPath: .status.count}}
      additionalPrinterColumns:
        - {name: Size, type: string, jsonPath: .spec.size}
        - {name: Count, type: integer, jsonPath: .spec.count, priority: 1}
      schema:
        openAPIV3Schema:
          type: object
          description: A Gadget is a thing.
          properties:
            spec:
              type: object
              description: What is wanted.
              required: [size]
              properties:
                size: {type: string, enum: [small, large], description: How large it is.}
                count: {type: integer, minimum: 0, default: 1}
                parts: {type: array, items: {type: object, properties: {name: {type: string}}}}
              x-kubernetes-validations:
                - {rule: "self.size != 'small' || self.count < 5", message: a small one has fewer than 5}
            status:
              type: object
              properties:
                count: {type: integer}
                conditions:
                  type: array
                  items: {type: object, properties: {type: {type: string}, status: {type: string}}}
`,
  'gadget.yaml': `apiVersion: kubectl.example.com/v1
kind: Gadget
metadata: {name: g1}
spec: {size: small, parts: [{name: wheel}]}
`,
  'kustomization.yaml': `namePrefix: k-
labels: [{pairs: {made: kustomize}}]
resources: [settings.yaml, service.yaml]
configMapGenerator: [{name: generated, literals: [a=b]}]
`,
  'edit-colour': `#!/bin/sh
sed -i 's/colour: blue/colour: purple/' "$1"
`,
  'edit-nothing': `#!/bin/sh
exit 0
`,
  'edit-wrong': `#!/bin/sh
grep -q 'a small one' "$1" && exit 0
sed -i 's/count: 1/count: 7/' "$1"
`,
  'edit-behind': `#!/bin/sh
kubectl label cm settings behind=back >/dev/null
sed -i 's/size: "3"/size: "4"/' "$1"
`,
  'edit-name': `#!/bin/sh
grep -q 'At least one' "$1" && exit 0
sed -i 's/name: settings/name: others/' "$1"
`,
  'edit-selector': `#!/bin/sh
grep -q 'is invalid' "$1" && exit 0
sed -i '/matchLabels/,/template/s/app: web/app: other/' "$1"
`,
  'edit-replicas': `#!/bin/sh
sed -i 's/^status: {}/status: {replicas: 2}/; s/replicas: 2$/replicas: 9/' "$1"
`,
  'patch.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers: [{name: web, env: [{name: MORE, value: "yes"}]}]
`,
  'settings-2.json': `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"colour": "grey"}}
`,
  'set.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: 'example.com/db:1', volumeMounts: [{name: data, mountPath: /data}]}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
  'replicaset.yaml': `apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web-NUMBER
  labels: {app: web}
  annotations: {deployment.kubernetes.io/revision: "NUMBER"}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: OWNER, controller: true}]
spec:
  replicas: 0
  selector: {matchLabels: {app: web, pod-template-hash: "NUMBER"}}
  template:
    metadata: {labels: {app: web, pod-template-hash: "NUMBER"}}
    spec: {containers: [{name: web, image: 'example.com/web:rNUMBER'}]}
`,
  'csr.yaml': `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: NAME}
spec:
  signerName: example.com/signer
  usages: [client auth]
  request: >-
    LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIYU1JR0FBZ0VBTUI0eERUQUxCZ05WQkFvTUJHUmxkbk14RFRBTEJnTlZCQU1NQkdwaGJtVXdXVEFUQmdjcQpoa2pPUFFJQkJnZ3Foa2pPUFFNQkJ3TkNBQVNhVHU3VkdBQVoyRitOWlNMQmYyRlB2OXEzV2gvZ1o3bWxMdmhFCmRFampGNEYxSEdYSGNLMWFhMUIwL2t6Y1kwTGpHZUFUOGNHZDVPNG5qYjNTWVlsbW9BQXdDZ1lJS29aSXpqMEUKQXdJRFNRQXdSZ0loQU5oL3dvZ05qajFvTllBaVRrVTRYZEV0czk4bHhYM3ZPOThhR0lEdzR2dUFBaUVBN1p6bQp4Q0ZZdnhDZHhsb1Q1VzNkeTBDWHlpM2xwNTQzNFgxQVlFb1RRblE9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=
`,
  'others.yaml': `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: np}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {a: b}}}, {ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.1/32]}}], ports: [{port: 80}]}]
  egress: [{to: [{podSelector: {}}]}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits}
spec: {limits: [{type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 100m}, max: {cpu: "1"}}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: slice, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 80, protocol: TCP}]
endpoints: [{addresses: [192.0.2.1], conditions: {ready: true}}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: 'example.com/agent:1'}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: scaler}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: others, labels: {set: others}}
data: {a: b}
binaryData: {c: AAECAw==}
`,
  'over-base.yaml': `resources: [settings.yaml, service.yaml, web.yaml]
`,
  'over.yaml': `resources: [../base]
namePrefix: over-
labels: [{pairs: {tier: over}, includeSelectors: true}]
images: [{name: example.com/web, newTag: "7"}]
replicas: [{name: web, count: 5}]
configMapGenerator: [{name: generated, literals: [a=b]}]
secretGenerator: [{name: hidden, literals: [a=b]}]
patches:
  - path: patch.yaml
  - target: {kind: Service}
    patch: '[{"op": "add", "path": "/metadata/annotations", "value": {"patched": "yes"}}]'
`,
};

/**
 * What people type: each scenario is typed line by line into bash, in a namespace of its own (`$NS`), in a folder that has the files of
 * `FILES`. What a real API server makes of it is in kubectl-*.recorded.json.
 */
export interface Scenario {
  readonly name: string;
  readonly lines: readonly string[];
}

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
};

const scenario = (name: string, ...lines: string[]): Scenario => ({ name, lines });

export const SCENARIOS: readonly Scenario[] = [
  scenario(
    'apply, client side',
    'kubectl apply -f web.yaml -f settings.yaml -f service.yaml',
    'kubectl apply -f web.yaml',
    'kubectl diff -f web.yaml',
    'kubectl diff -f web-2.yaml',
    'kubectl apply -f web-2.yaml --dry-run=server',
    'kubectl apply -f web-2.yaml --dry-run=client',
    'kubectl apply -f web-2.yaml',
    'kubectl get deployment web -o yaml',
    'kubectl apply view-last-applied cm/settings',
    'kubectl apply -f bad.yaml',
    'kubectl apply -f bad.yaml --validate=warn',
    'kubectl apply -f bad.yaml --validate=ignore',
    'kubectl apply set-last-applied -f settings-2.yaml',
    'kubectl apply -f settings-2.yaml && kubectl get cm settings -o jsonpath={.data}',
  ),
  scenario(
    'apply, server side',
    'kubectl apply --server-side -f web.yaml -f settings.yaml',
    'kubectl diff --server-side -f web-2.yaml',
    'kubectl apply --server-side -f web-2.yaml',
    'kubectl apply --server-side --field-manager=other -f settings-2.yaml',
    'kubectl apply --server-side --field-manager=other --force-conflicts -f settings-2.yaml',
    'kubectl get cm settings -o yaml --show-managed-fields',
    'kubectl get deploy web -o yaml --show-managed-fields',
    'kubectl apply -f settings.yaml',
    'kubectl apply --server-side -f settings.yaml --dry-run=server -o jsonpath={.data}',
    'kubectl apply --server-side -f bad.yaml',
  ),
  scenario(
    'from client-side to server-side apply',
    'kubectl apply -f settings.yaml',
    'kubectl apply --server-side -f settings-2.yaml',
    'kubectl get cm settings -o yaml --show-managed-fields',
  ),
  scenario(
    'edit',
    'kubectl create -f settings.yaml',
    'KUBE_EDITOR=./edit-colour kubectl edit cm settings',
    'KUBE_EDITOR=./edit-nothing kubectl edit cm settings',
    'kubectl get cm settings -o jsonpath={.data.colour}',
    'KUBE_EDITOR=./edit-colour kubectl create -f settings.yaml --edit --dry-run=server -o name',
  ),
  scenario(
    'label, annotate, patch, replace',
    'kubectl create -f settings.yaml --save-config',
    'kubectl label cm settings a=b c=d',
    'kubectl label cm settings a=x',
    'kubectl label cm settings a=x --overwrite c-',
    'kubectl label cm settings a=x',
    'kubectl label cm settings --list',
    "kubectl label cm settings 'bad key=x'",
    'kubectl annotate cm settings note="a note"',
    'kubectl annotate cm --all note- more=1',
    'kubectl patch cm settings -p \'{"data":{"size":"4"}}\'',
    'kubectl patch cm settings --type=merge -p \'{"data":{"size":null}}\'',
    'kubectl patch cm settings --type=json -p \'[{"op":"replace","path":"/data/colour","value":"red"}]\'',
    'kubectl patch cm settings --type=json -p \'[{"op":"remove","path":"/data/none"}]\'',
    'kubectl patch cm settings --type=json -p \'[{"op":"test","path":"/data/colour","value":"x"}]\'',
    'kubectl patch cm settings -p \'{"data":{"size":4}}\'',
    'kubectl get cm settings -o yaml',
    'kubectl replace -f settings-2.yaml',
    'kubectl replace --force -f settings.yaml',
    'kubectl get cm settings -o yaml',
    'kubectl create -f settings.yaml',
    'kubectl replace -f web.yaml',
    'kubectl set image -f web.yaml web=example.com/web:9 --local -o jsonpath={..image}',
  ),
  scenario(
    'workloads',
    'kubectl create -f web.yaml',
    'kubectl scale deploy/web --replicas=5',
    'kubectl scale deploy/web --current-replicas=4 --replicas=6',
    'kubectl set image deploy/web web=example.com/web:3',
    'kubectl set env deploy/web MODE=b',
    'kubectl set resources deploy/web --limits=cpu=1,memory=1Gi',
    'kubectl rollout history deploy/web',
    'kubectl rollout pause deploy/web',
    'kubectl rollout pause deploy/web',
    'kubectl rollout resume deploy/web',
    'kubectl rollout status deploy/web --watch=false',
    'kubectl rollout undo deploy/web',
    'kubectl autoscale deploy/web --min=1 --max=3 --cpu=50%',
    'kubectl expose deploy/web --port=80 --target-port=8080',
    'kubectl get deploy,svc,hpa',
    'kubectl get deploy web -o wide',
    'kubectl describe deploy web',
    'kubectl patch deploy web -p \'{"spec":{"template":{"spec":{"containers":[{"name":"extra","image":"example.com/extra:1"}]}}}}\'',
    "kubectl get deploy web -o jsonpath='{.spec.template.spec.containers[*].name}'",
    'kubectl patch deploy web --subresource=status --type=merge -p \'{"status":{"replicas":5}}\'',
    'kubectl get deploy web --subresource=status -o jsonpath={.status}',
    'kubectl get deploy web --subresource=scale -o jsonpath={.spec}',
  ),
  scenario(
    'explain',
    "kubectl explain pod | grep -E '^ *[a-zA-Z]+\\s+<'",
    'kubectl explain pod --recursive | sha256sum',
    'kubectl explain deployment.spec.strategy --recursive',
    "kubectl explain deploy.spec.template.spec.containers.livenessProbe | grep -E '^ *[a-zA-Z]+\\s+<'",
    'kubectl explain cm.data',
    'kubectl explain hpa --api-version=autoscaling/v2',
    'kubectl explain crd.spec.names',
    'kubectl explain nothing',
    'kubectl explain pod.nothing',
    'kubectl explain svc.spec -o plaintext-openapiv2 | head -30',
    "kubectl explain validatingadmissionpolicy.spec | grep -E '^ *[a-zA-Z]+\\s+<'",
    'kubectl explain networkpolicy.spec --recursive',
  ),
  scenario(
    'describe',
    'kubectl create -f pod.yaml',
    'kubectl describe pod one',
    'kubectl create -f settings.yaml && kubectl describe cm settings',
    'kubectl create secret generic s --from-literal=a=b && kubectl describe secret s',
    'kubectl create -f service.yaml && kubectl describe service web',
    'kubectl describe sa default',
    'kubectl create role r --verb=get,list --resource=pods,deployments.apps && kubectl describe role r',
    'kubectl create rolebinding r --role=r --serviceaccount=$NS:default && kubectl describe rolebinding r',
    'kubectl create quota q --hard=pods=3,configmaps=9 && kubectl describe quota q | head -3',
    'kubectl create pdb p --selector=app=one --min-available=1 && kubectl describe pdb p',
    'kubectl create ingress i --rule=example.com/*=web:80 && kubectl describe ingress i',
    'kubectl create cronjob c --image=example.com/c:1 --schedule="0 0 * * *" && kubectl describe cronjob c',
    'kubectl describe ns $NS | head -4',
    'kubectl create priorityclass pc-$NS --value=10 && kubectl describe priorityclass pc-$NS; kubectl delete priorityclass pc-$NS',
    'kubectl get all',
    'kubectl get role,rolebinding,pdb,ingress,cronjob,secret,sa',
  ),
  scenario(
    'wait',
    'kubectl create -f pod.yaml',
    "kubectl wait pod/one --for=jsonpath='{.status.phase}'=Pending --timeout=5s",
    "kubectl wait pod/one --for=jsonpath='{.spec.containers[0].image}' --timeout=5s",
    'kubectl wait pod/one --for=condition=Ready --timeout=1s',
    '(sleep 0.5; kubectl patch pod one --subresource=status -p \'{"status":{"conditions":[{"type":"Ready","status":"True"}]}}\' >patched) & kubectl wait pod/one --for=condition=Ready --timeout=20s; wait',
    'kubectl wait pod/one --for=condition=Ready=false --timeout=1s',
    '(sleep 0.5; kubectl delete pod one --now >deleted) & kubectl wait pod/one --for=delete --timeout=20s; wait',
    'kubectl wait pod/one --for=delete --timeout=5s',
    '(sleep 0.5; kubectl create -f settings.yaml >created) & kubectl wait cm/settings --for=create --timeout=20s; wait',
    'kubectl wait cm/none --for=condition=x --timeout=1s',
    'kubectl wait cm --all --for=create --timeout=5s',
  ),
  scenario(
    'watch',
    'kubectl create -f settings.yaml',
    'timeout 6 kubectl get cm settings -w -o jsonpath=\'{.data.colour}{"\\n"}\' >watched & sleep 1.5; kubectl patch cm settings -p \'{"data":{"colour":"red"}}\'; kubectl patch cm settings -p \'{"data":{"colour":"pink"}}\'; until grep -q pink watched; do sleep 0.1; done; kill $!; cat watched',
    'timeout 6 kubectl get cm -w --output-watch-events --field-selector=metadata.name=settings >events & sleep 1.5; kubectl label cm settings a=b; kubectl delete cm settings; until grep -q DELETED events; do sleep 0.1; done; kill $!; cat events',
    'timeout 6 kubectl get cm --watch-only -o name >names & sleep 1.5; kubectl create -f settings.yaml; until grep -q settings names; do sleep 0.1; done; kill $!; cat names',
  ),
  scenario(
    'output',
    'kubectl create -f settings.yaml -f web.yaml -f pod.yaml',
    'kubectl get cm,deploy,pod -o name',
    'kubectl get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image,NODE:.spec.nodeName',
    'kubectl get pods -o jsonpath=\'{range .items[*]}{.metadata.name} {.spec.containers[0].resources.requests.memory}{"\\n"}{end}\'',
    'kubectl get pods -o go-template=\'{{range .items}}{{.metadata.name}} {{.status.qosClass}}{{"\\n"}}{{end}}\'',
    'kubectl get cm settings -o json',
    'kubectl get pod one -o yaml',
    'kubectl get pod one -o wide --show-labels',
    'kubectl get pods -l app=one,!x --no-headers',
    'kubectl get pods --field-selector=status.phase=Pending,spec.nodeName=',
    'kubectl get pods --field-selector=spec.nothing=x',
    "kubectl get pods -l 'a in (b'",
    'kubectl get pods --sort-by=.metadata.name -L app',
    'kubectl get pods none',
    'kubectl get nothing',
    'kubectl get pods --chunk-size=1',
    'kubectl get cm --ignore-not-found none',
    'kubectl get ns $NS -o jsonpath={.status.phase}',
    'kubectl get pod one -o kyaml',
    'kubectl create cm made --from-literal=a=b --dry-run=server -o yaml',
    'kubectl get secrets',
  ),
  scenario(
    'delete --cascade',
    ...['background', 'foreground', 'orphan'].flatMap((cascade) => [
      `kubectl create cm owner-${cascade}`,
      `uid=$(kubectl get cm owner-${cascade} -o jsonpath={.metadata.uid}); printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"child-${cascade}","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"owner-${cascade}","uid":"%s","blockOwnerDeletion":true}]}}' $uid | kubectl create -f -`,
      // The garbage collector of the real one has to have heard of both.
      'sleep 0.7',
      `kubectl delete cm owner-${cascade} --cascade=${cascade} --timeout=20s`,
      cascade === 'orphan'
        ? `kubectl get cm child-${cascade} -o jsonpath={.metadata.ownerReferences}`
        : `kubectl wait cm/child-${cascade} --for=delete --timeout=20s`,
    ]),
    'kubectl delete cm none',
    'kubectl delete cm none --ignore-not-found',
    'kubectl create -f settings.yaml && kubectl delete -f settings.yaml --dry-run=server',
    'kubectl delete -f settings.yaml --wait=false -o name',
    'kubectl create -f pod.yaml && kubectl delete pod one --force',
    'kubectl create cm l1 && kubectl label cm l1 x=y && kubectl delete cm -l x=y',
    'kubectl delete cm --all --field-selector=metadata.name!=kube-root-ca.crt',
  ),
  scenario(
    'auth',
    'kubectl auth whoami',
    'kubectl auth whoami --as=jane --as-group=devs',
    'kubectl auth can-i --list --as=system:serviceaccount:$NS:default',
    'kubectl auth can-i create pods',
    'kubectl auth can-i create pods --as=jane',
    'kubectl auth can-i get pods/log --as=jane',
    "kubectl auth can-i '*' '*'",
    'kubectl auth can-i create nothing',
    'kubectl create role r --verb=get,list --resource=pods --resource-name=a && kubectl create rolebinding r --role=r --user=jane',
    'kubectl auth can-i --list --as=jane',
    'kubectl auth can-i get pods/a --as=jane && kubectl auth can-i get pods/b --as=jane',
    'kubectl get pods --as=jane',
    'kubectl get pod a --as=jane',
    'kubectl create cm x --as=jane',
    'kubectl auth reconcile -f - <<< \'{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["watch"]}]}\'',
    'kubectl get role r -o jsonpath={.rules}',
    'kubectl create token default --duration=1h | tr . "\\n" | wc -l',
    'kubectl create token default --audience=https://example.com --duration=10m >/dev/null',
    'kubectl create token none',
    'kubectl create token default --duration=1s',
    'kubectl --token=$(kubectl create token default) auth whoami -o jsonpath={.status.userInfo.username} --kubeconfig=<(kubectl config view --raw --flatten --minify | sed "/client-/d")',
  ),
  scenario(
    'events',
    'kubectl create -f settings.yaml',
    `printf '{"apiVersion":"v1","kind":"Event","metadata":{"name":"e1"},"involvedObject":{"apiVersion":"v1","kind":"ConfigMap","name":"settings","namespace":"%s"},"reason":"Read","message":"was read","type":"Normal","count":3,"firstTimestamp":"2026-01-01T00:00:00Z","lastTimestamp":"2026-01-01T00:01:00Z","source":{"component":"test"}}' $NS | kubectl create -f -`,
    'kubectl events',
    'kubectl events --for=cm/settings',
    'kubectl events --for=cm/none',
    'kubectl events --types=Warning',
    'kubectl get events',
    'kubectl get events.events.k8s.io e1 -o jsonpath={.note}',
    'kubectl describe cm settings',
  ),
  scenario(
    'discovery',
    'kubectl api-versions',
    'kubectl api-resources --sort-by=name -o wide',
    'kubectl api-resources --api-group=apps --no-headers',
    'kubectl api-resources --namespaced=false --verbs=list,watch -o name',
    'kubectl api-resources --categories=all -o name',
    'kubectl cluster-info',
    'kubectl get --raw /readyz',
    'kubectl get --raw /livez?verbose | tail -1',
    'kubectl get --raw /api/v1/namespaces/$NS/configmaps/none',
    'kubectl get --raw /nothing',
    'kubectl get --raw / | grep -c apis',
    'kubectl version -o json | grep -c serverVersion',
    'kubectl get componentstatuses 2>&1 | head -1',
    'kubectl get --raw /openapi/v3 | grep -o \'"apis/apps/v1":{"serverRelativeURL":"/openapi/v3/apis/apps/v1?hash=\'',
    'kubectl get --raw /apis/apps/v1 | head -c 60',
  ),
  scenario(
    'kustomize',
    'kubectl kustomize . | head -5',
    'kubectl diff -k . | grep -c "^+"',
    'kubectl apply -k .',
    'kubectl apply -k .',
    'kubectl get cm,svc -l made=kustomize -o name',
    'kubectl get -k . -o name',
    'kubectl apply -k . --server-side --force-conflicts',
    'kubectl delete -k .',
  ),
  scenario(
    'prune',
    'mkdir p && cp settings.yaml service.yaml p && kubectl label -f p/settings.yaml -f p/service.yaml --local group=p -o yaml >all.yaml; kubectl apply -f all.yaml',
    'kubectl label -f p/settings.yaml --local group=p -o yaml >one.yaml; kubectl apply -f one.yaml --prune -l group=p --dry-run=server',
    'kubectl apply -f one.yaml --prune -l group=p --prune-allowlist=core/v1/Service --prune-allowlist=core/v1/ConfigMap',
    'kubectl get cm,svc -l group=p -o name',
    'KUBECTL_APPLYSET=true kubectl apply -f web.yaml -f settings.yaml --prune --applyset=mine',
    'kubectl get secret mine -o jsonpath={.metadata.annotations}',
    'KUBECTL_APPLYSET=true kubectl apply -f web.yaml --prune --applyset=mine --dry-run=server',
    'KUBECTL_APPLYSET=true kubectl apply -f web.yaml --prune --applyset=mine',
    'kubectl get cm,deploy -o name',
    'KUBECTL_APPLYSET=true kubectl apply -f service.yaml --server-side --prune --applyset=configmaps/second',
    'KUBECTL_APPLYSET=true kubectl apply -f web.yaml --prune --applyset=configmaps/none-$NS.x',
  ),
  scenario(
    'custom resources',
    'kubectl apply -f crd.yaml',
    'kubectl wait crd/gadgets.kubectl.example.com --for=condition=Established --timeout=10s',
    'kubectl apply -f gadget.yaml',
    'kubectl get gd',
    'kubectl get gd -o wide',
    'kubectl get gd g1 -o yaml',
    'kubectl describe gadget g1',
    'kubectl explain gadget --recursive',
    'kubectl explain gadgets.spec.size',
    'KUBE_EDITOR=./edit-wrong kubectl edit gd g1 2>&1 | grep -v /tmp',
    'kubectl scale gd g1 --replicas=3',
    'kubectl get gd g1 --subresource=scale -o jsonpath={.spec}',
    'kubectl patch gd g1 --type=merge -p \'{"spec":{"size":"huge"}}\'',
    'kubectl patch gd g1 --type=merge -p \'{"spec":{"count":9}}\'',
    'kubectl patch gd g1 -p \'{"spec":{"count":2}}\'',
    'kubectl patch gd g1 --type=merge --subresource=status -p \'{"status":{"conditions":[{"type":"Ready","status":"True"}]}}\'',
    'kubectl wait gd/g1 --for=condition=Ready --timeout=5s',
    'kubectl apply -f - <<< \'{"apiVersion":"kubectl.example.com/v1","kind":"Gadget","metadata":{"name":"g2"},"spec":{"size":"large","colour":"x"}}\'',
    'kubectl apply --validate=ignore -f - <<< \'{"apiVersion":"kubectl.example.com/v1","kind":"Gadget","metadata":{"name":"g2"},"spec":{"size":"large","colour":"x"}}\'',
    'kubectl diff -f - <<< \'{"apiVersion":"kubectl.example.com/v1","kind":"Gadget","metadata":{"name":"g2"},"spec":{"size":"small"}}\'',
    'kubectl apply --server-side --force-conflicts -f gadget.yaml',
    'kubectl get all',
    'kubectl api-resources --api-group=kubectl.example.com',
    'kubectl describe crd gadgets.kubectl.example.com',
    'kubectl delete crd gadgets.kubectl.example.com',
    'kubectl get gd',
  ),
  scenario(
    'create',
    'kubectl create deployment d --image=example.com/d:1 --replicas=2 --port=80',
    'kubectl create configmap c --from-file=settings.yaml --from-literal=a=b',
    'kubectl create secret docker-registry r --docker-server=example.com --docker-username=u --docker-password=p',
    'kubectl create serviceaccount s',
    'kubectl create service clusterip svc --tcp=80:8080',
    'kubectl create clusterrole cr-$NS --verb=get --resource=nodes --dry-run=server -o yaml',
    'kubectl run r1 --image=example.com/r:1 --labels=a=b --env=X=1',
    'kubectl run r1 --image=example.com/r:1',
    'kubectl create ns Bad_Name',
    'kubectl create configmap c --from-literal=a=b',
    'kubectl create -f web.yaml -n none-$NS',
    'kubectl create deployment bad --image=example.com/d:1 --replicas=-1',
    'kubectl get deploy d -o yaml',
    'kubectl get pod r1 -o yaml',
    'kubectl get secret r -o jsonpath={.type}',
    'kubectl taint nodes none a=b:NoSchedule',
    'kubectl top pods',
    'kubectl certificate approve none',
  ),
];

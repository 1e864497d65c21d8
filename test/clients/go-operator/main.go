// A small operator as users of controller-runtime write them, which shows whether an API server serves them: a cached client, leader election,
// server-side apply, a finalizer, the status subresource, owner references, and protobuf for builtin kinds.
// It prints what happened, one line each, on standard output: `leading`, `http METHOD PATH TYPE`, `reconciled NAMESPACE/NAME GENERATION`.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	metaapply "k8s.io/client-go/applyconfigurations/meta/v1"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

const (
	owner     = client.FieldOwner("go-operator")
	finalizer = "clients.example.com/farewell"
)

type siteReconciler struct {
	client.Client
	recorder events.EventRecorder
	identity string
}

func (r *siteReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var site Site
	if err := r.Get(ctx, request.NamespacedName, &site); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !site.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, r.sayFarewell(ctx, &site)
	}
	if controllerutil.AddFinalizer(&site, finalizer) {
		return ctrl.Result{}, r.Update(ctx, &site)
	}
	if err := r.apply(ctx, &site); err != nil {
		return ctrl.Result{}, err
	}

	// From the cache: what was applied arrives there by a watch, and starts another round when it is not there yet.
	var config corev1.ConfigMap
	if err := r.Get(ctx, request.NamespacedName, &config); err != nil {
		return ctrl.Result{RequeueAfter: 100 * time.Millisecond}, client.IgnoreNotFound(err)
	}
	if config.Data["message"] != site.Spec.Message {
		return ctrl.Result{RequeueAfter: 100 * time.Millisecond}, nil
	}
	before := site.DeepCopyObject().(*Site)
	site.Status.ObservedGeneration = site.Generation
	site.Status.Leader = r.identity
	meta.SetStatusCondition(&site.Status.Conditions, metav1.Condition{
		Type: "Ready", Status: metav1.ConditionTrue, Reason: "Applied",
		Message: config.Data["message"], ObservedGeneration: site.Generation,
	})
	if err := r.Status().Patch(ctx, &site, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})); err != nil {
		if apierrors.IsConflict(err) {
			return ctrl.Result{RequeueAfter: 50 * time.Millisecond}, nil
		}
		return ctrl.Result{}, err
	}
	if before.Status.ObservedGeneration != site.Generation {
		r.recorder.Eventf(&site, nil, corev1.EventTypeNormal, "Applied", "Apply", "generation %d is applied", site.Generation)
	}
	fmt.Printf("reconciled %s %d\n", request.NamespacedName, site.Generation)
	return ctrl.Result{}, nil
}

// apply writes the ConfigMap and the Deployment of a Site by server-side apply, owned by it.
func (r *siteReconciler) apply(ctx context.Context, site *Site) error {
	reference := metaapply.OwnerReference().
		WithAPIVersion(groupVersion.String()).WithKind("Site").WithName(site.Name).WithUID(site.UID).
		WithController(true).WithBlockOwnerDeletion(true)
	config := coreapply.ConfigMap(site.Name, site.Namespace).
		WithOwnerReferences(reference).
		WithData(map[string]string{"message": site.Spec.Message})
	if err := r.Apply(ctx, config, owner, client.ForceOwnership); err != nil {
		return fmt.Errorf("ConfigMap: %w", err)
	}
	labels := map[string]string{"site": site.Name}
	deployment := appsapply.Deployment(site.Name, site.Namespace).
		WithOwnerReferences(reference).
		WithSpec(appsapply.DeploymentSpec().
			WithReplicas(site.Spec.Replicas).
			WithSelector(metaapply.LabelSelector().WithMatchLabels(labels)).
			WithTemplate(coreapply.PodTemplateSpec().
				WithLabels(labels).
				WithSpec(coreapply.PodSpec().WithContainers(coreapply.Container().
					WithName("web").WithImage("example.com/web:1").
					WithPorts(coreapply.ContainerPort().WithContainerPort(8080))))))
	if err := r.Apply(ctx, deployment, owner, client.ForceOwnership); err != nil {
		return fmt.Errorf("Deployment: %w", err)
	}
	return nil
}

// sayFarewell leaves a ConfigMap that outlives the Site, and lets it go.
func (r *siteReconciler) sayFarewell(ctx context.Context, site *Site) error {
	if !controllerutil.ContainsFinalizer(site, finalizer) {
		return nil
	}
	farewell := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: site.Namespace, Name: "farewell-" + site.Name},
		Data:       map[string]string{"message": site.Spec.Message},
	}
	if err := r.Create(ctx, farewell); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	controllerutil.RemoveFinalizer(site, finalizer)
	return client.IgnoreNotFound(r.Update(ctx, site))
}

// printTypes prints the media type of each kind of answer once.
type printTypes struct {
	next http.RoundTripper
	seen *sync.Map
}

func (p printTypes) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := p.next.RoundTrip(request)
	if err != nil {
		return response, err
	}
	method := request.Method
	if request.URL.Query().Get("watch") == "true" {
		method = "WATCH"
	}
	line := strings.Join([]string{method, request.URL.Path, response.Header.Get("Content-Type")}, " ")
	if _, again := p.seen.LoadOrStore(line, true); !again {
		fmt.Println("http", line)
	}
	return response, nil
}

func run() error {
	identity := flag.String("identity", "a", "name that this process writes into status.leader")
	namespace := flag.String("election-namespace", "default", "where the Lease is")
	flag.Parse() // controller-runtime adds --kubeconfig
	ctrl.SetLogger(zap.New(zap.WriteTo(os.Stderr)))

	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return err
	}
	addToScheme(scheme)

	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	seen := &sync.Map{}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return printTypes{next, seen} })

	lease, renew, retry := 4*time.Second, 3*time.Second, 500*time.Millisecond
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                        scheme,
		Metrics:                       server.Options{BindAddress: "0"},
		LeaderElection:                true,
		LeaderElectionID:              "go-operator.clients.example.com",
		LeaderElectionNamespace:       *namespace,
		LeaderElectionReleaseOnCancel: true,
		LeaseDuration:                 &lease,
		RenewDeadline:                 &renew,
		RetryPeriod:                   &retry,
	})
	if err != nil {
		return err
	}
	reconciler := &siteReconciler{manager.GetClient(), manager.GetEventRecorder("go-operator"), *identity}
	if err := ctrl.NewControllerManagedBy(manager).
		For(&Site{}).Owns(&corev1.ConfigMap{}).Owns(&appsv1.Deployment{}).Complete(reconciler); err != nil {
		return err
	}
	go func() {
		<-manager.Elected()
		fmt.Println("leading")
	}()
	fmt.Println("started")
	return manager.Start(ctrl.SetupSignalHandler())
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "go-operator:", err)
		os.Exit(1)
	}
}

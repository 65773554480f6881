// Reads YAML objects from standard input as a Kubernetes API server does, with its own types and its own pod security
// levels. Prints a JSON line for each; kinds that are not Kubernetes' own are left out.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type verdict struct {
	Kind       string   `json:"kind"`
	Error      string   `json:"error"`      // unknown fields, wrong types; empty: none
	Restricted []string `json:"restricted"` // why the pods do not fit this level
}

// againstRestricted says why a pod does not fit the level.
func againstRestricted(evaluator policy.Evaluator, pod *corev1.PodTemplateSpec) []string {
	reasons := []string{}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, result := range evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec) {
		if !result.Allowed {
			reasons = append(reasons, result.ForbiddenReason+": "+result.ForbiddenDetail)
		}
	}
	return reasons
}

func main() {
	strict := serializer.SerializerOptions{Yaml: true, Strict: true}
	decoder := serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, scheme.Scheme, scheme.Scheme, strict)
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		log.Fatal(err)
	}
	documents := yaml.NewYAMLReader(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		if !bytes.Contains(document, []byte("kind:")) {
			continue // comments alone
		}
		object, kind, err := decoder.Decode(document, nil, nil)
		if runtime.IsNotRegisteredError(err) {
			continue
		}
		said := verdict{Restricted: []string{}}
		if kind != nil {
			said.Kind = kind.Kind
		}
		if err != nil {
			said.Error = err.Error()
		}
		switch workload := object.(type) {
		case *appsv1.DaemonSet:
			said.Restricted = againstRestricted(evaluator, &workload.Spec.Template)
		case *appsv1.Deployment:
			said.Restricted = againstRestricted(evaluator, &workload.Spec.Template)
		}
		if err := out.Encode(said); err != nil {
			log.Fatal(err)
		}
	}
}

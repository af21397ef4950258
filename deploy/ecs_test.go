package deploy_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/gateway"
)

const (
	taskFile   = "ecs/task-definition.json"
	taskConfig = "ecs/poolguard.yaml"
)

// A task has the fields of RegisterTaskDefinition that the file uses. Another one in the file
// is a fault of the test.
type task struct {
	Family                  string      `json:"family"`
	NetworkMode             string      `json:"networkMode"`
	RequiresCompatibilities []string    `json:"requiresCompatibilities"`
	RuntimePlatform         platform    `json:"runtimePlatform"`
	CPU                     string      `json:"cpu"`
	Memory                  string      `json:"memory"`
	ExecutionRoleARN        string      `json:"executionRoleArn"`
	TaskRoleARN             string      `json:"taskRoleArn"`
	Containers              []container `json:"containerDefinitions"`
}

type platform struct {
	CPUArchitecture string `json:"cpuArchitecture"`
	OSFamily        string `json:"operatingSystemFamily"`
}

type container struct {
	Name         string   `json:"name"`
	Image        string   `json:"image"`
	Essential    bool     `json:"essential"`
	User         string   `json:"user"`
	ReadOnlyRoot bool     `json:"readonlyRootFilesystem"`
	Command      []string `json:"command"`
	StopTimeout  int      `json:"stopTimeout"`
	PortMappings []port   `json:"portMappings"`
	DependsOn    []after  `json:"dependsOn"`
	Secrets      []secret `json:"secrets"`
	HealthCheck  health   `json:"healthCheck"`
	Linux        linux    `json:"linuxParameters"`
	Logging      logging  `json:"logConfiguration"`
}

type port struct {
	ContainerPort int    `json:"containerPort"`
	Protocol      string `json:"protocol"`
}

type after struct {
	ContainerName string `json:"containerName"`
	Condition     string `json:"condition"`
}

type secret struct {
	Name      string `json:"name"`
	ValueFrom string `json:"valueFrom"`
}

type health struct {
	Command     []string `json:"command"`
	Interval    int      `json:"interval"`
	Timeout     int      `json:"timeout"`
	Retries     int      `json:"retries"`
	StartPeriod int      `json:"startPeriod"`
}

type linux struct {
	Capabilities struct {
		Drop []string `json:"drop"`
	} `json:"capabilities"`
	InitProcessEnabled bool `json:"initProcessEnabled"`
}

type logging struct {
	LogDriver string            `json:"logDriver"`
	Options   map[string]string `json:"options"`
}

func readGateway(t *testing.T) container {
	t.Helper()
	text, err := os.ReadFile(taskFile)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var read task
	if err := decoder.Decode(&read); err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(read.Containers, func(c container) bool { return c.Name == "gateway" })
	if at < 0 || len(read.Containers) != 2 {
		t.Fatal("the task has no container gateway beside a proxy")
	}
	if want := (after{"gateway", "HEALTHY"}); !slices.Contains(read.Containers[1-at].DependsOn, want) {
		t.Error("the proxy starts before the gateway is ready")
	}
	return read.Containers[at]
}

func TestTaskConfinesTheGateway(t *testing.T) {
	t.Parallel()
	c := readGateway(t)
	if !c.Essential || !c.ReadOnlyRoot || c.User != "65532:65532" || !slices.Equal(c.Linux.Capabilities.Drop, []string{"ALL"}) {
		t.Errorf("the container may do too much: %+v", c)
	}
	if want := []string{"CMD", "/poolguard", "gateway", "health"}; !slices.Equal(c.HealthCheck.Command, want) {
		t.Errorf("health check: got %q, want %q", c.HealthCheck.Command, want)
	}
}

// ECS kills a container after stopTimeout, and Fargate allows 120 s at most.
func TestTaskWaitsForTheDrain(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(taskConfig)
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^drain: *(\S+)`).FindSubmatch(text)
	if line == nil {
		t.Fatal("the configuration has no drain")
	}
	drain, err := time.ParseDuration(string(line[1]))
	if err != nil {
		t.Fatal(err)
	}
	stop := time.Duration(readGateway(t).StopTimeout) * time.Second
	if stop <= drain+defaultDecision || stop > 120*time.Second {
		t.Errorf("ECS waits %s, and the gateway needs up to %s", stop, drain+defaultDecision)
	}
}

// The environment has the secrets of the task and nothing else.
func TestTaskConfigurationHasNoFault(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, s := range readGateway(t).Secrets {
		names[s.Name] = true
	}
	summary, err := gateway.Check(gateway.Config{File: taskConfig, Getenv: func(name string) string {
		if !names[name] {
			return ""
		}
		return strings.Repeat("s", 32)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(summary.Warnings) > 0 {
		t.Errorf("warnings: %+v", summary.Warnings)
	}
}

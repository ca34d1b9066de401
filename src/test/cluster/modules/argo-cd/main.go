// Argo CD with the roles that the lab starts, without its command line and its other roles.
package main

import (
	"fmt"
	"os"

	controller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	sets "github.com/argoproj/argo-cd/v3/cmd/argocd-applicationset-controller/commands"
	password "github.com/argoproj/argo-cd/v3/cmd/argocd-git-ask-pass/commands"
	notifications "github.com/argoproj/argo-cd/v3/cmd/argocd-notification/commands"
	repository "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	server "github.com/argoproj/argo-cd/v3/cmd/argocd-server/commands"
	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/util/grpc"
	"github.com/argoproj/argo-cd/v3/util/log"
	"github.com/spf13/cobra"
	"k8s.io/klog/v2"
)

var roles = map[string]func() *cobra.Command{
	common.CommandApplicationController:    controller.NewCommand,
	common.CommandApplicationSetController: sets.NewCommand,
	common.CommandGitAskPass:               password.NewCommand,
	common.CommandNotifications:            notifications.NewCommand,
	common.CommandRepoServer:               repository.NewCommand,
	common.CommandServer:                   server.NewCommand,
}

func main() {
	// As Argo CD's own main does.
	klog.SetLogger(log.NewLogrusLogger(log.NewWithCurrentConfig()))
	grpc.DisableSRVLookups()
	name := os.Getenv("ARGOCD_BINARY_NAME")
	role, known := roles[name]
	if !known {
		fmt.Fprintf(os.Stderr, "no such role: %q\n", name)
		os.Exit(2)
	}
	if err := role().Execute(); err != nil {
		os.Exit(1)
	}
}

//go:build tools

// Package tools pins what the tests build.
package tools

import _ "github.com/aws/karpenter-provider-aws/cmd/controller"

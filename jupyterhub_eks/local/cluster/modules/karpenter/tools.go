//go:build tools

// Package tools belongs to a module of which nothing is built: only the resource
// definitions in pkg/apis/crds of its requirements are wanted, and go.sum vouches for them.
package tools

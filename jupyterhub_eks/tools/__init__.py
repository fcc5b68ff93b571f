"""The only place that starts processes: Terraform, its discovery, the stop ladder."""

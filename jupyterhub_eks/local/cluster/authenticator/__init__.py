"""Tells the local API server who shows an EKS token, as the webhook of EKS does on AWS."""

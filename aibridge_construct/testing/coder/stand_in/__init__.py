"""The stand-in for the Terraform provider coder/coder, one file a type."""

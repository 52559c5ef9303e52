# The module is in cdk.tf.json: Terraform reads that file as it reads this one. It is synthesized from Python, and README.md says
# what goes in and what comes out. This file is here because people, and Coder's registry, look for one of its name.

"""The drop-in module as people find it: the folder `modules/aibridge-proxy`, and the pages about it."""

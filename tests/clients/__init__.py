"""What real AI tools, SDKs and package managers do behind the proxy, measured by `make clients`."""

# shellcheck disable=SC2148 # the shebang and the exported variables stand before this text

# aibridge-run COMMAND [ARGUMENT...]: runs one command of yours behind the AI Bridge Proxy.

if [ $# -eq 0 ]; then
  echo 'usage: aibridge-run COMMAND [ARGUMENT...]: runs one command behind the AI Bridge Proxy' >&2
  exit 2
fi
if ! [ -s "$NODE_EXTRA_CA_CERTS" ]; then
  echo "aibridge-run: the certificate is not at $NODE_EXTRA_CA_CERTS: look at the script that sets up the AI Bridge Proxy in the startup logs of the workspace." >&2
  exit 1
fi
exec "$@"

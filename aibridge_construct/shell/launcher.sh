# shellcheck disable=SC2148 # the shebang and the exported variables stand before this text

# aibridge-run COMMAND [ARGUMENT...]: runs one command of yours behind the AI Bridge Proxy.

# No variable for it: the command might have one of that name.
usage() { echo 'usage: aibridge-run COMMAND [ARGUMENT...]: runs one command behind the AI Bridge Proxy'; }

case ${1-} in
  -h | --help)
    usage
    exit
    ;;
  # An option would be taken for one of exec.
  '' | -*)
    usage >&2
    exit 2
    ;;
esac
if ! [ -s "$NODE_EXTRA_CA_CERTS" ]; then
  echo "aibridge-run: the certificate is not at $NODE_EXTRA_CA_CERTS: look at the script that sets up the AI Bridge Proxy in the startup logs of the workspace." >&2
  exit 1
fi
exec "$@"

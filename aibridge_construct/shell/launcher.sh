# shellcheck disable=SC2148,SC2154 # the shebang, the values and aibridge_environment stand before this text

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
if ! [ -s "$aibridge_cert_path" ]; then
  echo "aibridge-run: the certificate is not at $aibridge_cert_path: look at the script that sets up the AI Bridge Proxy in the startup logs of the workspace." >&2
  exit 1
fi
aibridge_environment
exec "$@"

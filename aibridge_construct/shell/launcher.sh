# shellcheck disable=SC2148,SC2034,SC2154 # the shebang, the values, command.sh and aibridge_environment stand before this text

# aibridge-run COMMAND [ARGUMENT...]: runs one command of yours behind the AI Bridge Proxy.

aibridge_main() {
  case ${1-} in
    -h | --help)
      aibridge_usage
      exit
      ;;
    --check)
      shift
      aibridge_check "$@"
      exit
      ;;
    # An option would be taken for one of exec.
    '' | -*)
      aibridge_usage >&2
      exit 2
      ;;
  esac
  if [ "$aibridge_before_claim" = true ]; then
    aibridge_fail 'this is a prebuilt workspace without an owner: the AI Bridge Proxy is set up after the claim.'
  fi
  aibridge_demand "$aibridge_cert_path" 'the certificate'
  aibridge_demand "$aibridge_bundle_path" 'the bundle of trusted certificates'
  aibridge_require "$1"
  aibridge_warn_past "$1"
  aibridge_environment || aibridge_fail 'could not set the variables of the AI Bridge Proxy.'
  aibridge_become "$@"
}

aibridge_usage() {
  echo 'usage: aibridge-run COMMAND [ARGUMENT...]: runs one command behind the AI Bridge Proxy'
  echo '       aibridge-run --check [AI_HOST [OTHER_HOST]]: says what works and what does not, and what to do'
}

# aibridge_require COMMAND: ends, with the status that shells have for it, where there is no such command.
aibridge_require() {
  aibridge_find "$1"
  case $1:$aibridge_found in
    *:0) ;;
    */*:126) aibridge_fail "$1 is no program that may be run." 126 ;;
    */*:*) aibridge_fail "$1 is not there." 127 ;;
    *) aibridge_fail "there is no command $1 in PATH: check its name, or write its full path." 127 ;;
  esac
}

# aibridge_warn_past WORD: a command whose first word says that it goes past the proxy.
aibridge_warn_past() {
  case ${1##*/} in
    node | npx | tsx | ts-node)
      (
        aibridge_lib
        leaving=yes # there is nothing to be done at the end of this subshell
        ! node_goes_past "$1" ||
          warn "$node_problem: what it asks by its own fetch goes past the AI Bridge Proxy and is not governed; $NODE_CURE."
        clock_stop
      ) </dev/null || :
      ;;
    java) printf 'WARNING: %s.\n' "$aibridge_java" >&2 || : ;;
  esac
}

aibridge_demand() {
  aibridge_look "$1" "$2" ||
    aibridge_fail "$aibridge_problem: look at the script that sets up the AI Bridge Proxy in the startup logs of the workspace."
}

# aibridge_fail MESSAGE [STATUS]
aibridge_fail() {
  printf 'aibridge-run: %s\n' "$1" >&2
  exit "${2:-1}"
}

aibridge_main "$@"

# shellcheck disable=SC2034,SC2154 # values, aibridge_lib, aibridge_environment and aibridge_command stand before this text

# Runs one command behind the AI Bridge Proxy: waits until the proxy is set up, then sets the variables for
# the command's process and nothing else.
#
# The command must find the environment of the workspace unchanged otherwise. So this shell keeps to names
# with aibridge_ in front, and whatever needs the shared library loads it (aibridge_lib) in a subshell.

aibridge_main() {
  aibridge_child='' aibridge_verdict=''
  trap 'aibridge_stop 129' HUP
  trap 'aibridge_stop 130' INT
  trap 'aibridge_stop 143' TERM
  aibridge_gate &
  aibridge_child=$!
  wait "$aibridge_child"
  aibridge_verdict=$?
  aibridge_child=''
  case $aibridge_verdict in
    0 | 10) aibridge_route=aibridge_environment ;;
    2 | 12) aibridge_route=: ;;
    *) exit 1 ;;
  esac
  if [ "$aibridge_background" = true ]; then
    aibridge_detach
  else
    aibridge_run
  fi
}

# Waits for the proxy. Status: 0 behind the proxy, 2 directly, 1 or another: the tool must not run; 10 more:
# there is no unit to complete, because no startup coordination was found.
#
# For the background only, which is a subshell: a second one in it, as with ( ), would not see the signal.
aibridge_gate() {
  aibridge_lib
  watch_exits
  # shellcheck disable=SC2086 # unit names have no characters that a shell would read
  sync_begin "$aibridge_sync_seconds" "$aibridge_unit" $aibridge_wants
  gate_sync=$?
  gate_plus=0
  [ -n "$unit" ] || gate_plus=10
  if [ "$gate_sync" -ne 0 ]; then
    tick
    gate_deadline=$((now + aibridge_wait_seconds))
    until gate_open || [ "$now" -ge "$gate_deadline" ]; do
      pause_for 1
      tick
    done
  fi
  if gate_open; then
    unit=''
    exit "$gate_plus"
  fi
  gate_missing="the AI Bridge Proxy CA certificate is not at $aibridge_cert_path"
  gate_advice="look at the output of the script '$aibridge_proxy_name' in the startup logs of the workspace"
  [ "$aibridge_on_unavailable" = direct ] || die "$gate_missing, so $aibridge_name was not started: $gate_advice."
  warn "$gate_missing: $aibridge_name runs WITHOUT the AI Bridge Proxy, its traffic is not governed; $gate_advice."
  unit=''
  exit $((gate_plus + 2))
}

gate_open() {
  for gate_file in "$aibridge_cert_path" ${aibridge_bundle_path:+"$aibridge_bundle_path"}; do
    [ -s "$gate_file" ] && [ -r "$gate_file" ] || return
  done
}

# Lets those go on that wait for this tool.
aibridge_complete() {
  [ "$aibridge_verdict" -lt 10 ] || return 0
  (
    aibridge_lib
    unit=$aibridge_unit
    sync_end
  )
}

aibridge_run() {
  (aibridge_exec) &
  aibridge_child=$!
  wait "$aibridge_child"
  aibridge_status=$?
  aibridge_child=''
  aibridge_complete
  exit "$aibridge_status"
}

# The agent kills what keeps the script's output open, so the tool gets a log file of its own.
aibridge_detach() {
  if [ -z "$aibridge_log_path" ]; then
    aibridge_log_path=${CODER_SCRIPT_DATA_DIR:-${HOME:-/tmp}}/$aibridge_unit.log
  fi
  if ! (umask 077 && : >>"$aibridge_log_path") 2>/dev/null; then
    printf 'ERROR: could not write the log file %s: check its directory, or choose another log_path.\n' "$aibridge_log_path" >&2
    aibridge_complete
    exit 1
  fi
  (
    trap '' HUP
    aibridge_exec
  ) >>"$aibridge_log_path" 2>&1 </dev/null &
  printf '%s\n' "$aibridge_name runs in the background; its output is in $aibridge_log_path"
  aibridge_complete
  exit 0
}

aibridge_exec() {
  if [ -n "$aibridge_working_directory" ] && ! cd -- "$aibridge_working_directory"; then
    printf 'ERROR: could not change to the working directory %s\n' "$aibridge_working_directory" >&2
    exit 1
  fi
  "$aibridge_route"
  aibridge_command
}

# The agent signals this shell only, so the signal is passed on.
# shellcheck disable=SC2329 # traps call it
aibridge_stop() {
  trap '' HUP INT TERM
  if [ -n "$aibridge_child" ]; then
    kill -TERM "$aibridge_child" 2>/dev/null
    [ -z "$aibridge_verdict" ] || aibridge_complete
    wait "$aibridge_child" 2>/dev/null
  fi
  exit "$1"
}

aibridge_main "$@" </dev/null

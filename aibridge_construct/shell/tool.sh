# shellcheck disable=SC2034,SC2094,SC2154,SC2329 # traps and aibridge_command call functions; pipes have two ends
# The values, lib.sh as aibridge_lib, aibridge_environment, aibridge_command and command.sh stand before this text.

# Runs one command behind the AI Bridge Proxy: waits until the proxy is set up, then sets the variables for
# the command's process and nothing else.
#
# Four processes, because a shell answers signals in `wait` only, and starts what it can wait for with SIGINT and
# SIGQUIT ignored, which the command would inherit:
#
#   the script   waits for the keeper. A signal ends the keeper; then the script ends the tool.
#   the keeper   in the background, with the library: waits for the proxy, decides, then for the tool; completes the unit.
#   the sitter   waits for the tool in the foreground. Its own parent, a shell in between, has ended.
#   the tool     waits for the keeper's word, then becomes the command: with the environment and the signals of the
#                script. Whatever happens to the others, without a word it runs nothing.
#
# They talk through three pipes: words (keeper to tool, 7 to 6), reports (sitter and tool to keeper, 9 to 8) and answers
# (keeper to script, 5 to 4). Only what stands in them counts, never the status of a shell, which may have failed.
#
# Names begin with aibridge_ where the command's environment must stay as it is.

aibridge_main() {
  [ "$aibridge_before_claim" != true ] || aibridge_skip
  if [ "$aibridge_background:$aibridge_log_path" = true: ]; then
    aibridge_log_path=${CODER_SCRIPT_DATA_DIR:-${HOME:-/tmp}}/$aibridge_unit.log
  fi
  aibridge_keeper='' aibridge_told='' aibridge_running='' aibridge_status=''
  trap 'aibridge_stop HUP HUP 129' HUP
  trap 'aibridge_stop INT USR1 130' INT
  trap 'aibridge_stop TERM TERM 143' TERM
  aibridge_open_pipes
  aibridge_start_tool
  aibridge_keep &
  aibridge_keeper=$!
  exec 6<&- 7>&- 9>&-
  wait "$aibridge_keeper" 2>/dev/null
  # Again: a signal ends a wait.
  wait "$aibridge_keeper" 2>/dev/null
  aibridge_hear
  case $aibridge_told:$aibridge_running:$aibridge_status in
    ?*:?*: | :*:) (aibridge_abandon) ;;
  esac
  exit "${aibridge_told:-${aibridge_status:-1}}"
}

# What the keeper has said, which has ended. Sets aibridge_running when it had given its word: the tool's process, the
# keeper's clock and when that rings, the unit that is to be completed; and aibridge_status when all is done.
aibridge_hear() {
  # In case that it has said nothing.
  echo none >&5
  while read -r aibridge_answer aibridge_rest <&4; do
    case $aibridge_answer in
      running) aibridge_running=$aibridge_rest ;;
      status) aibridge_status=$aibridge_rest ;;
      *) return 0 ;;
    esac
  done
}

# A prebuilt workspace has no owner and so no token; the claim replaces this text, so that it runs again.
# Those that wait for this tool go on: a unit can be completed only when it has started.
aibridge_skip() {
  aibridge_lib
  watch_exits
  say "This is a prebuilt workspace without an owner: $aibridge_name will run after the claim."
  sync_begin 5 "$aibridge_unit"
  exit 0
}

aibridge_open_pipes() {
  aibridge_pipe 4 5 && aibridge_pipe 6 7 && aibridge_pipe 8 9 && return
  printf 'ERROR: %s was not started: could not make a pipe in %s or /tmp: check that mkfifo is installed and that one of them can be written.\n' \
    "$aibridge_name" "${CODER_SCRIPT_DATA_DIR:-the home directory}" >&2
  exit 1
}

# Not in the background, see above: the sitter ends the shell in between, which would wait for it. That shell is
# reported as killed, on a stderr that is nobody's.
aibridge_start_tool() {
  exec 3>&2 2>/dev/null
  (
    # The agent kills what keeps the script's output open. (A redirection of the whole would leave a copy of it.)
    [ "$aibridge_background" != true ] || exec >/dev/null 3>&1
    aibridge_self
    (aibridge_sit)
    :
  )
  exec 2>&3 3>&-
}

# Sets aibridge_pid: in a subshell $$ is that of the script. (Shells read byte by byte; in `stat` it is one long line.)
aibridge_self() {
  if [ "$aibridge_proc" = own ]; then
    while read -r aibridge_line aibridge_pid; do
      case $aibridge_line in
        Tgid:) return ;;
      esac
    done </proc/self/status
  fi
  aibridge_pid=$(exec sh -c 'echo $PPID')
} 2>/dev/null

# Twice each: one line ends the wait of the keeper or rings a bell, the other is for who acts on it.
aibridge_report() { printf '%s\n%s\n' "$1" "$1" >&9; }

aibridge_sit() {
  kill -KILL "$aibridge_pid"
  exec 4<&- 5>&- 7>&- 8<&-
  # To outlive them; what is trapped by a function, the tool gets as it was.
  trap : HUP INT QUIT TERM
  (aibridge_be_tool) 2>&3 3>&-
  aibridge_report "ended $?"
}

aibridge_be_tool() {
  aibridge_self
  printf 'tool %s\n' "$aibridge_pid" >&9
  read -r aibridge_word aibridge_gateway_url <&6
  case $aibridge_word in
    proxy | direct) ;;
    *) exit 1 ;;
  esac
  if [ -n "$aibridge_working_directory" ] && ! cd -- "$aibridge_working_directory" 2>/dev/null; then
    aibridge_report 'refused directory'
    exit 1
  fi
  if [ "$aibridge_background" = true ]; then
    exec >>"$aibridge_log_path" 2>&1
  fi
  case $aibridge_word in
    proxy)
      if ! aibridge_environment; then
        aibridge_report 'refused environment'
        exit 1
      fi
      ;;
  esac
  [ -z "$aibridge_gateway_url" ] || aibridge_gateway_environment
  # While this shell can still say so.
  aibridge_command aibridge_find
  case $aibridge_found in
    0) ;;
    126) aibridge_report 'refused permission' ;;
    *) aibridge_report 'refused missing' ;;
  esac
  [ "$aibridge_found" = 0 ] || exit "$aibridge_found"
  exec 6<&- 9>&-
  aibridge_command aibridge_become
}

# aibridge_stop SIGNAL KEEPER_SIGNAL STATUS: a keeper ignores INT, as all that is in the background. The rest is done
# when it has ended, and not in a trap, where a wait of bash hears no signal.
aibridge_stop() {
  trap '' HUP INT TERM
  [ -n "$aibridge_keeper" ] || exit "$3"
  aibridge_signal=$1 aibridge_told=$3
  kill -s "$2" "$aibridge_keeper" 2>/dev/null
}

# The keeper has gone, so nobody else would end the tool and complete the unit. For a subshell.
aibridge_abandon() {
  aibridge_self
  aibridge_lib
  trap '' HUP INT TERM
  keep_self=$aibridge_pid leaving=yes hurry=yes
  # shellcheck disable=SC2086 # split into what the keeper has said
  set -- $aibridge_running
  keep_tool=${1-} clock=${2-} clock_end=${3-0} unit=${4-}
  clock=${clock#-}
  if [ -n "$aibridge_told" ]; then
    keep_stop "$aibridge_signal"
  else
    keep_signal TERM
    sync_end
    clock_drop
  fi
}

# ---- the keeper: a subshell with the library, so that names are its own ---------------------------------

aibridge_keep() {
  exec 4<&- 6<&- 9>&-
  aibridge_self
  aibridge_lib
  keep_self=$aibridge_pid
  watch_exits
  trap 'on_signal TERM 143' USR1
  last_act=keep_dismiss
  if ! read -r keep_word keep_tool <&8; then
    keep_complain "$KEEP_LOST"
    exit 1
  fi
  gate
  if [ "$aibridge_background" = true ]; then
    keep_log
    keep_listen
  fi
  # For the rest, a clock that does not ring soon is none.
  [ "$clock_end" -le $((now + 5)) ] || clock_drop
  printf 'running %s %s %s %s\n' "$keep_tool" "${clock:--}" "$clock_end" "$unit" >&5
  # From now on it is the script that answers signals: they end this shell wherever it is.
  trap - EXIT HUP TERM USR1
  printf '%s %s\n' "$gate_word" "$gateway_url" >&7
  exec 7>&-
  if [ "$aibridge_background" = true ]; then
    keep_detached
  else
    keep_read_end
    keep_answer "$keep_status"
  fi
}

KEEP_LOST='the shell that waits for it was killed'

keep_dismiss() { echo none >&7; }

# Waits for the proxy, looks for the gateway and for ways past both. Sets gate_word (proxy or direct) and gateway_url; else it ends the keeper.
gate() {
  # shellcheck disable=SC2086 # unit names have no characters that a shell would read
  if ! sync_begin "$aibridge_sync_seconds" "$aibridge_unit" $aibridge_wants && [ -n "$aibridge_cert_path" ]; then
    tick
    gate_deadline=$((now + aibridge_wait_seconds))
    until gate_open || [ "$now" -ge "$gate_deadline" ]; do
      pause_for 1
      tick
    done
  fi
  gate_word=direct gateway_url=''
  [ -z "$aibridge_cert_path" ] || gate_proxy
  [ -z "$aibridge_gateways" ] || gate_gateway
  [ "$gate_word" != proxy ] || gate_detours
}

gate_proxy() {
  if gate_open; then
    gate_word=proxy
    return
  fi
  gate_advice="look at the output of the script '$aibridge_proxy_name' in the startup logs of the workspace"
  [ "$aibridge_on_unavailable" = direct ] || die "$aibridge_problem, so $aibridge_name was not started: $gate_advice."
  warn "$aibridge_problem: $aibridge_name runs WITHOUT the AI Bridge Proxy, its traffic is not governed; $gate_advice."
}

gate_gateway() {
  ! gateway_find || return 0
  [ "$aibridge_on_unavailable" = direct ] || die "$gateway_problem; so $aibridge_name was not started."
  case $gate_word in
    proxy) gate_outcome='what it asks an AI provider goes through the AI Bridge Proxy' ;;
    *) gate_outcome='its traffic is not governed' ;;
  esac
  warn "$gateway_problem; $aibridge_name runs WITHOUT the AI Gateway, $gate_outcome."
}

# What is known to go past the proxy although its variables are set.
gate_detours() {
  [ -z "$aibridge_listener_limit" ] || warn "$aibridge_name: $aibridge_listener_limit"
  [ -z "$aibridge_goes_past" ] || warn "$aibridge_name: $aibridge_goes_past. What goes past it is not governed."
  [ -z "$aibridge_old_node" ] || gate_node
}

gate_node() {
  if [ "$aibridge_old_node" = warn ] && aibridge_command keep_is_native; then
    return
  fi
  node_goes_past "$(aibridge_command keep_first)"
  case $?:$aibridge_old_node:$gateway_url in
    0:refuse:)
      [ "$aibridge_on_unavailable" = direct ] ||
        die "$node_problem: the requests of $aibridge_name would go past the AI Bridge Proxy, so it was not started: $NODE_CURE."
      warn "$node_problem: the requests of $aibridge_name go past the AI Bridge Proxy, its traffic is not governed; $NODE_CURE."
      ;;
    0:*) warn "$node_problem: what $aibridge_name asks by Node's own fetch goes past the AI Bridge Proxy and is not governed; $NODE_CURE." ;;
    2:refuse:*) warn "there is no node on the PATH of $aibridge_name: if it brings one before 22.21, its requests go past the AI Bridge Proxy and are not governed; $NODE_CURE." ;;
  esac
}

gate_open() {
  aibridge_look "$aibridge_cert_path" 'the AI Bridge Proxy CA certificate' || return 1
  [ -z "$aibridge_bundle_path" ] || aibridge_look "$aibridge_bundle_path" 'the bundle of trusted certificates'
}

keep_log() {
  (umask 077 && : >>"$aibridge_log_path") 2>/dev/null ||
    die "could not write the log file $aibridge_log_path: check its directory, or choose another log_path."
}

# The bell: a process that ends when the tool has ended or was refused. No signal to the group may ring it.
keep_listen() {
  (
    trap '' HUP INT TERM
    exec 5>&- 7>&-
    read -r _ <&8
    exit 0
  ) &
  keep_bell=$!
}

# Sets keep_status, the exit status of the tool. One that was not started is an error of the script.
keep_read_end() {
  keep_status='' keep_refused=''
  while [ -z "$keep_status" ] && read -r keep_word keep_value <&8; do
    case $keep_word in
      ended) keep_status=$keep_value ;;
      refused) keep_refused=$keep_value ;;
    esac
  done
  case $keep_refused in
    '') ;;
    directory) keep_complain "could not change to the working directory $aibridge_working_directory" ;;
    environment) keep_complain 'could not set the variables of the AI Bridge Proxy' ;;
    missing) keep_complain "its command $(aibridge_command keep_first) was not found: check the command and PATH" ;;
    permission) keep_complain "its command $(aibridge_command keep_first) is no file that may be executed" ;;
  esac
  if [ -z "$keep_status" ]; then
    keep_complain "$KEEP_LOST"
    keep_status=1
    keep_signal KILL
  fi
}

# keep_is_native WORD...: one program alone, which is no script: the Node.js of the workspace does not run it.
keep_is_native() {
  keep_program=$(command -v "$1") || return
  case $#:$keep_program in
    1:/*/node) return 1 ;;
    1:/*) ;;
    *) return 1 ;;
  esac
  IFS= read -r keep_line <"$keep_program"
  case $keep_line in
    '#!'*) return 1 ;;
    *ELF*) return 0 ;;
  esac
  return 1
} 2>/dev/null

keep_first() { printf '%s' "$1"; }

keep_complain() { printf 'ERROR: %s: %s.\n' "$aibridge_name" "$1" >&2; }

# The tool goes on without this script. What cannot start ends at once, be it a word of shell text: 126 and 127.
keep_detached() {
  keep_end
  child=$keep_bell
  if await 0.5; then
    keep_read_end
    case $keep_refused:$keep_status in
      :12[67])
        keep_complain "its command ended at once with status $keep_status, see $aibridge_log_path: $(tail -n 1 "$aibridge_log_path")"
        keep_answer "$keep_status"
        ;;
      ?*:*) keep_answer "$keep_status" ;;
    esac
  fi
  say "$aibridge_name runs in the background; its output is in $aibridge_log_path"
  keep_answer 0
}

keep_answer() {
  keep_end
  printf 'status %s\n' "$1" >&5
  exit 0
}

# The end of the unit: nothing stops it half-way.
keep_end() {
  trap '' HUP INT TERM USR1
  leaving=yes
  sync_end
  clock_drop
}

# ---- the end by a signal: the agent kills the script 10 s after it -------------------------------------

keep_stop() {
  clock_drop
  keep_pass "$1"
  sync_end
  if ! keep_ends_within 1; then
    keep_signal TERM
    keep_ends_within 3
  fi
  keep_signal TERM
  for _ in 1 2 3 4 5; do
    keep_others
    [ -n "$others" ] || break
    sleep 0.2
  done
  # Again, for what is being started meanwhile.
  for _ in 1 2 3 4 5; do
    keep_signal KILL
    [ -n "$others" ] || break
  done
  clock_drop
}

# A tool gets the signal that the script got, but TERM where that has a handler and the other one just kills. (For INT
# the handler says nothing: dash has one in any case.)
keep_pass() {
  [ -n "$keep_tool" ] || return 0
  case $1 in
    INT) keep_catches 16384 && set -- TERM ;;
    HUP) ! keep_catches 1 && keep_catches 16384 && set -- TERM ;;
  esac
  kill -s "$1" "$keep_tool" 2>/dev/null
}

# (In a trap, bash takes a bare `return` for the status of what was interrupted.)
#
# keep_catches BIT: whether the tool has a handler for a signal: HUP is 1, TERM 16384.
keep_catches() {
  [ "$aibridge_proc" = own ] || return 1
  while read -r keep_name keep_mask; do
    case $keep_name in
      SigCgt:) [ $((0x${keep_mask#????????} & $1)) -ne 0 ] && return 0 ;;
    esac
  done <"/proc/$keep_tool/status"
  return 1
} 2>/dev/null

keep_ends_within() {
  keep_listen
  child=$keep_bell
  await "$1"
}

# keep_signal SIGNAL: to all that is left of the group if the script leads it, else to the tool.
keep_signal() {
  keep_others
  for keep_pid in $others; do
    kill -s "$1" "$keep_pid" 2>/dev/null
  done
}

# Sets others: the living processes of the script's group but the script, this one and its children. A script that was
# started by hand is in the group of whoever started it, which is not to be touched: then the tool alone.
keep_others() {
  others='' group='' tool=''
  if [ "$aibridge_proc" = other ]; then
    # Where nobody can be asked about the others.
    kill -0 "$keep_tool" && tool=$keep_tool
  elif [ "$aibridge_proc" = own ]; then
    for keep_file in /proc/[0-9]*/stat; do
      read -r keep_stat <"$keep_file" || continue
      # After the name, which is in parentheses and may hold anything: state, parent, group.
      # shellcheck disable=SC2086 # split into the columns
      keep_consider "${keep_stat%% *}" ${keep_stat##*) }
    done
  else
    while read -r keep_pid keep_state keep_parent keep_group; do
      keep_consider "$keep_pid" "$keep_state" "$keep_parent" "$keep_group"
    done <<LIST_END
$(ps -A -o pid= -o state= -o ppid= -o pgid=)
LIST_END
  fi
  [ "$group" = $$ ] || others=$tool
} 2>/dev/null

# keep_consider PID STATE PARENT GROUP: sets group, the script's own.
keep_consider() {
  case $2 in
    [ZX]*) return 0 ;;
  esac
  [ "$1" != $$ ] || group=$4
  [ "$1" != "$keep_tool" ] || tool=$1
  [ "$4" = $$ ] && [ "$1" != $$ ] && [ "$1" != "$keep_self" ] && [ "$3" != "$keep_self" ] || return 0
  others="$others $1"
}

aibridge_main "$@" </dev/null

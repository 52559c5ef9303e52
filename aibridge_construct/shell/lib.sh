# shellcheck disable=SC2034,SC2154 # what looks unused is read by the script that follows; the version stands before this

# Shared verbs of the scripts that run in a workspace. POSIX sh: dash, bash, busybox sh.
#
# The values (CERT_PATH, SESSION_TOKEN, ...) are assigned in front of this text, never taken from the
# environment. Every script defines functions only and calls `main` on its last line, so that nothing
# runs before the whole text has been read. POSIX sh has no `local`: a variable carries the name of the
# verb it belongs to (pem_problem), and plain words (work, child, now) are the state of the whole script.

# Byte-wise matching of [a-z] and [:cntrl:].
set +C +e +f +v +x -u
LC_ALL=C
export LC_ALL
IFS=' 	
'

remover=''      # process that removes it, '' = none
leaving=''      # not '' when the script is at its end
lock=''         # directory that keeps other scripts waiting, '' = none
work=''         # private directory for temporary files, '' = none
child=''        # processes that are waited for, '' = none
clock=''        # the alarm clock, '' = none
clock_end=0     # when it wakes up next
clock_busy=''   # not '' while it is needed
clock_pipe=''   # not '' when there is a way to tell it something
now=0           # what `tick` has found
unit=''         # synchronisation unit that was started, '' = none
starter=''      # process that starts it beside the script, '' = none
hurry=''        # not '' when the script was told to stop
last_act=''     # what is called at the end, '' = nothing
failure_note='' # what the last line of a failure adds, e.g. that the old certificate was kept
signature=''    # what a failure says before it on stdout, '' = nothing

# ---- talking: progress to stdout; problems to stderr, which the dashboard shows as errors --------------

say() { printf '%s\n' "$1" || :; }

warn() { printf 'WARNING: %s\n' "$1" >&2 || :; }

# The one last line of a failure: what failed, what to check, what is left.
complain() {
  [ -z "$signature" ] || say "$signature"
  printf 'ERROR: %s%s\n' "$1" "$failure_note" >&2 || :
}

die() {
  complain "$1"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# ---- an end for every path: exit, SIGHUP (the agent), SIGINT, SIGTERM ----------------------------------

watch_exits() {
  trap 'on_exit' EXIT
  trap 'on_signal HUP 129' HUP
  trap 'on_signal INT 130' INT
  trap 'on_signal TERM 143' TERM
}

on_signal() {
  trap '' HUP INT TERM
  hurry=yes
  stop_child
  complain "stopped by SIG$1 before it was done; start the workspace again."
  leave "$2"
}

on_exit() { leave $?; }

leave() {
  trap '' HUP INT TERM
  trap - EXIT
  leaving=yes
  lock_end
  [ -z "$last_act" ] || "$last_act"
  work_end
  sync_end
  [ -z "$remover" ] || wait "$remover" 2>/dev/null
  clock_drop
  exit "$1"
}

# ---- children: always in the background, because a shell answers signals in `wait` only ----------------

# run COMMAND...: its exit status. Stdin is /dev/null unless the command redirects it.
run() {
  "$@" &
  child=$!
  # bash reports a killed child while it reaps it: not on the script's stderr.
  wait "$child" 2>/dev/null
  run_status=$?
  child=''
  return "$run_status"
}

# run_for SECONDS COMMAND...: like run, but the command is killed when the time is over (status 137).
run_for() {
  run_for_seconds=$1
  shift
  "$@" &
  child=$!
  await "$run_for_seconds"
}

# await SECONDS: for $child, which may be several: the status is that of the last. timeout(1) is not everywhere.
await() {
  tick
  await_end=$((now + ${1%.*}))
  # A clock that wakes up in time serves this wait too, because it is two processes.
  if [ "$clock_end" -le $((now + 1)) ] || [ "$clock_end" -gt "$await_end" ]; then
    clock_drop
    clock_start "$1"
  fi
  clock_busy=yes
  clock_tell "$await_end $child"
  # shellcheck disable=SC2086 # may be several
  wait $child 2>/dev/null
  await_status=$?
  child=''
  clock_leave
  return "$await_status"
}

# The wait is over. A clock that woke up meanwhile may have gone back to sleep for it.
clock_leave() {
  [ -n "$clock_busy" ] || return 0
  clock_tell 0
  tick
  [ "$now" -lt "$clock_end" ] || clock_stop
  clock_busy=''
}

# What the clock is to know: until when to wait, and the processes. It reads that when it wakes up, and no signal wakes
# this shell up: in a wait that a signal ends, bash may lose the end of a child.
clock_tell() { [ -z "$clock_pipe" ] || printf '%s\n' "$1" >&4; }

# clock_start SECONDS: it is stopped by USR2, because a signal that this shell traps may get lost in a child that has not
# run yet; there, bash would also run the EXIT trap of this shell, so that is off meanwhile.
clock_start() {
  [ -n "$clock_pipe" ] || ! aibridge_pipe 3 4 || clock_pipe=yes
  clock_end=$((now + ${1%.*}))
  trap - EXIT
  clock_run "$1" >/dev/null 2>&1 </dev/null 5>&- 6<&- 7>&- 8<&- 9>&- &
  clock=$!
  [ -n "$leaving" ] || trap 'on_exit' EXIT
}

clock_run() {
  nap='' over=''
  trap 'over=yes; [ -z "$nap" ] || kill -KILL "$nap"' USR2
  trap '' HUP INT TERM
  clock_next=$1
  while [ -n "$clock_next" ]; do
    sleep "$clock_next" &
    nap=$!
    # The signal may have come before the sleep had a name.
    [ -z "$over" ] || kill -KILL "$nap"
    wait "$nap"
    if [ -n "$over" ]; then
      # The signal ended that wait before the sleep had gone.
      wait "$nap"
      return
    fi
    clock_read
    clock_next=''
    tick
    if [ "$now" -lt "$await_end" ]; then
      clock_next=$((await_end - now))
    elif [ -n "$child" ]; then
      # KILL, because what hangs may ignore anything else.
      # shellcheck disable=SC2086 # may be several
      kill -KILL $child
    fi
  done
}

# The last of what it was told.
clock_read() {
  [ -n "$clock_pipe" ] || return 0
  echo end >&4
  while read -r clock_until clock_child <&3 && [ "$clock_until" != end ]; do
    await_end=$clock_until child=$clock_child
  done
}

# Once it has found nothing to wait for it is no more, and its number may be another process's by now.
clock_drop() {
  tick
  [ "$now" -le $((clock_end + 1)) ] || clock=''
  clock_stop
}

clock_stop() {
  [ -n "$clock" ] || return 0
  kill -s USR2 "$clock" 2>/dev/null
  wait "$clock" 2>/dev/null
  clock='' clock_end=0
}

pause_for() { run sleep "$1" >/dev/null 2>&1; }

stop_child() {
  if [ -n "$child" ]; then
    # shellcheck disable=SC2086 # may be several
    kill -KILL $child 2>/dev/null
    # shellcheck disable=SC2086
    wait $child 2>/dev/null
    child=''
  fi
  clock_leave
  clock_drop
}

# Sets `now`, in whole seconds. The uptime costs no process and does not jump when the clock is set.
tick() {
  if read -r now _ 2>/dev/null </proc/uptime; then
    now=${now%%.*}
  else
    now=$(date +%s)
  fi
}

# ---- startup coordination: `coder exp sync`, which may be missing, too old, without socket, or hang -----

# Call watch_exits before either of the next two: on_exit completes the unit.
#
# A script may run again while it works (a schedule, a person) or after it was killed, and the agent only knows
# whether a unit has started. So who starts one leaves a record of its process in the script's data directory.

# sync_begin SECONDS UNIT [DEPENDENCY...]: waits for the dependencies and starts the unit. Nothing that
# goes wrong here stops a script. Status 0: started, by this process or another; else: no coordination.
sync_begin() {
  sync_limit=$1 sync_unit=$2
  [ -n "$sync_unit" ] && have coder || return 1
  shift 2
  sync_ask 5 "$@" || return 1
  case $sync_state in
    completed) return 0 ;;
    started)
      sync_adopt
      return 0
      ;;
  esac
  sync_more=no
  for sync_dependency in "$@"; do
    [ "$sync_more" = no ] || run_for 5 coder_sync want "$sync_unit" "$sync_dependency" || return 1
    sync_more=yes
  done
  unit=$sync_unit
  if [ "$sync_more" = yes ]; then
    run_for "$sync_limit" sync_start "$unit" --timeout "${sync_limit}s"
  else
    run_for "$sync_limit" sync_start "$unit"
  fi
}

# sync_begin_beside UNIT: the same without dependencies, while the script goes on: then there is nothing to
# wait for, and the CLI takes its time to load. sync_end waits for it. It asks only where there is a record.
sync_begin_beside() {
  sync_unit=$1
  [ -n "$sync_unit" ] && have coder || return 0
  sync_state=''
  if sync_read_record; then
    sync_ask 5 || [ $? -ne 137 ] || return 0
  fi
  case $sync_state in
    completed) ;;
    started) sync_adopt ;;
    *)
      unit=$sync_unit
      # A signal to the whole group must not leave the unit to be started by nobody.
      (trap '' HUP TERM && sync_start "$unit") &
      starter=$!
      ;;
  esac
}

# sync_ask SECONDS [DEPENDENCY...]: sets sync_state to what the CLI says of $sync_unit: started, completed, ... It
# declares the first dependency beside that, because the CLI takes its time to load, and to want twice changes nothing.
# Fails if the last of the two does; 137: no answer in time.
sync_ask() {
  sync_state=''
  aibridge_pipe 6 9 || return
  sync_status "$sync_unit" >&9 &
  child=$!
  if [ $# -gt 1 ]; then
    coder_sync want "$sync_unit" "$2" &
    child="$child $!"
  fi
  await "$1"
  sync_asked=$?
  if [ "$sync_asked" -ne 137 ]; then
    # What it has left behind may keep the pipe open.
    printf '\n%s\n' ANSWER_END >&9
    while IFS= read -r sync_line && [ "$sync_line" != ANSWER_END ]; do
      case $sync_line in
        'Status: '*) sync_state=${sync_line#'Status: '} ;;
      esac
    done <&6
  fi
  exec 6<&- 9>&-
  return "$sync_asked"
}

# The unit has started. It is for who has started it to complete it, unless that process has gone.
sync_adopt() {
  if sync_read_record && sync_elsewhere; then
    return
  fi
  unit=$sync_unit
  (sync_write_record)
}

# Dependents wait for this, whether the script succeeded or not. Once only; quiet. Nothing stops it half-way.
sync_end() {
  [ -n "$unit" ] || return 0
  trap '' HUP INT TERM
  sync_unit=$unit sync_limit=5
  unit=''
  if [ -n "$starter" ] && kill -0 "$starter" 2>/dev/null; then
    child=$starter
    # A CLI that hung once is not given as long again.
    await 5 || [ $? -ne 137 ] || sync_limit=2
  fi
  # Another run of this script may have come in between, and still work.
  if sync_read_record && sync_elsewhere; then
    return 0
  fi
  [ -z "$hurry" ] || sync_limit=2
  run_for "$sync_limit" coder_sync complete "$sync_unit" || :
}

# Without the pipes of a script: who reads one must see its end.
coder_sync() { exec coder exp sync "$@" >/dev/null 2>&1 </dev/null 3<&- 4>&- 5>&- 6<&- 7>&- 8<&- 9>&-; }

sync_status() { exec coder exp sync status "$1" 2>/dev/null </dev/null 3<&- 4>&- 5>&- 6<&- 7>&- 8<&- 9>&-; }

sync_start() {
  sync_write_record
  coder_sync start "$@"
}

# sync_read_record: sets sync_pid and sync_since, the process that started $sync_unit. Fails without a record.
sync_read_record() {
  [ -n "${CODER_SCRIPT_DATA_DIR-}" ] && [ -f "$CODER_SCRIPT_DATA_DIR/$sync_unit.starter" ] || return 1
  read -r sync_pid sync_since <"$CODER_SCRIPT_DATA_DIR/$sync_unit.starter" || return 1
} 2>/dev/null

# For a process of its own: it is not to die of a limit of the file size.
sync_write_record() {
  [ -n "${CODER_SCRIPT_DATA_DIR-}" ] || return 0
  process_since $$
  trap '' XFSZ
  { umask 077 && printf '%s %s\n' $$ "$since" >"$CODER_SCRIPT_DATA_DIR/$sync_unit.starter"; } 2>/dev/null || :
}

# Whether the process of the record is another one, and lives.
sync_elsewhere() {
  [ "$sync_pid" != $$ ] && process_since "$sync_pid" && [ "$since" = "$sync_since" ]
}

# process_since PID: sets since, when the process began, in the kernel's ticks; a dash where there is no /proc of ours.
# Fails if there is no such process.
process_since() {
  since=-
  if [ "$aibridge_proc" = own ]; then
    read -r since <"/proc/$1/stat" || return 1
    # After the name, which is in parentheses and may hold anything.
    # shellcheck disable=SC2086 # split into the columns
    set -- ${since##*) }
    case $1 in
      Z | X) return 1 ;; # dead, not yet collected
    esac
    since=${20}
  else
    kill -0 "$1"
  fi
} 2>/dev/null

# ---- files ---------------------------------------------------------------------------------------------

# work_begin DIRECTORY: makes the private directory $work (0700) in it, on the file system of the target,
# so that place is one rename. mkdir is exclusive and follows no symlink; mktemp(1) would be one more tool.
# The name is short whatever the target's is.
work_begin() {
  for work_try in 0 1 2 3 4 5 6 7 8 9; do
    # Named before it is made: a signal may come in between.
    work=$1/.aibridge-$$-$work_try
    mkdir -m 700 "$work" 2>/dev/null && return
    work=''
  done
  return 1
}

# work_begin_below DIRECTORY: makes both where the directory is not there yet: one process. Else work stays empty.
work_begin_below() {
  [ ! -d "$1" ] || return 0
  work=$1/.aibridge-$$-0
  # shellcheck disable=SC2174 # others may read what lies above it
  mkdir -p -m 700 "$work" 2>/dev/null && return
  work=''
  [ -d "$1" ]
}

work_end() {
  [ -n "$work" ] || return 0
  rm -rf "$work" 2>/dev/null &
  remover=$!
  work=''
}

lock_end() {
  [ -z "$lock" ] || rmdir "$lock" 2>/dev/null
  lock=''
}

# place FILE TARGET: one rename. A symlink at TARGET is replaced; only -T does so for a link to a directory.
place() {
  if [ -d "$2" ] && ! [ -L "$2" ]; then
    return 1
  fi
  if mv -f -T "$1" "$2" 2>/dev/null; then
    return 0
  fi
  [ -f "$1" ] || return 1
  # An mv without -T (BSD): a link to a directory is no certificate, so nothing is lost with it.
  if [ -L "$2" ] && [ -d "$2" ]; then
    rm -f "$2" 2>/dev/null || return 1
  fi
  mv -f "$1" "$2" 2>/dev/null && [ -f "$2" ] && ! [ -L "$2" ]
}

# squatted DIRECTORY: whether somebody else can exchange what is in it. In a directory like /tmp anybody
# may make the directory first; only one that belongs to us or to root is good. Sets squatter (user id).
squatted() {
  squatted_dir=$1
  while [ -n "$squatted_dir" ]; do
    squatted_parent=${squatted_dir%/*}
    # shellcheck disable=SC3065,SC3067 # -k and -O: dash, bash and busybox have them
    if [ -k "${squatted_parent:-/}" ] && { [ -L "$squatted_dir" ] || ! [ -O "$squatted_dir" ]; }; then
      squatter=$(ls -ldn "$squatted_dir" 2>/dev/null) || return 1
      # shellcheck disable=SC2086 # split into the columns of ls: mode, links, owner
      squatter=$(set -f && set -- $squatter && printf '%s' "$3")
      [ "$squatter" = 0 ] || [ "$squatter" = "$(id -u)" ] || return 0
    fi
    squatted_dir=$squatted_parent
  done
  return 1
}

# ---- certificates --------------------------------------------------------------------------------------

# pem_check FILE [BYTES]: whether it holds complete PEM certificates and nothing that must not be there. Else sets
# pem_problem to words that follow "the certificate". No tool is needed where its size is given. Text between the
# blocks is legal (RFC 7468, section 2); pem.py draws the same line and says what was measured. Sets pem_open_end=yes
# when the last line has no newline, pem_untidy=yes when not every program would read the file as it is, and
# pem_expires to the earliest end of validity (UTC, as in 20301231235959), and pem_authority=yes when a certificate is of
# a CA and names hosts.
pem_check() {
  pem_problem='' pem_count=0 pem_inside='' pem_tail='' pem_text='' pem_open_end='' pem_stray='' pem_untidy=''
  pem_read=0 pem_expires=99991231235959 pem_authority=''
  while IFS= read -r pem_line || pem_last_line; do
    pem_read=$((pem_read + ${#pem_line} + 1))
    # Nearly every line is nothing but base64; a long file has thousands.
    case $pem_line in
      '' | *[!A-Za-z0-9+/]*) ;;
      *)
        case $pem_inside:$pem_tail in
          CERTIFICATE-----:*=) ;;
          CERTIFICATE-----:*)
            pem_take
            continue
            ;;
        esac
        ;;
    esac
    pem_trim
    case $pem_line in
      '') pem_blank || break ;;
      *'PRIVATE KEY'*)
        pem_problem='contains a PRIVATE KEY'
        return 1
        ;;
      '-----BEGIN CERTIFICATE-----' | '-----BEGIN X509 CERTIFICATE-----')
        [ -z "$pem_inside" ] || break
        pem_inside=${pem_line#-----BEGIN } pem_length=0 pem_start='' pem_head='' pem_tail=''
        pem_note_untidy
        ;;
      '-----END CERTIFICATE-----' | '-----END X509 CERTIFICATE-----')
        if [ "$pem_inside" != "${pem_line#-----END }" ] || ! pem_whole; then
          pem_inside=yes
          break
        fi
        pem_note_untidy
        pem_inside='' pem_count=$((pem_count + 1))
        pem_validity
        pem_authority
        ;;
      *)
        if [ -z "$pem_inside" ]; then
          pem_outside
        else
          pem_base64 || break
        fi
        ;;
    esac
  done <"$1"
  if [ -n "$pem_inside" ]; then
    pem_problem='is cut short or damaged: it is not a complete PEM certificate'
  elif [ -n "$pem_stray" ]; then
    pem_problem=$pem_stray
  elif [ "$pem_count" -eq 0 ] && [ -z "$pem_text" ]; then
    pem_problem='is empty'
  elif [ "$pem_count" -eq 0 ]; then
    pem_problem='is not a PEM certificate'
  elif [ "${2-}" != "$pem_read" ] && [ "$(wc -c <"$1")" -ne "$pem_read" ]; then
    pem_problem='holds zero bytes, so it is damaged or no text'
  fi
  [ -z "$pem_problem" ]
}

# A last line without newline is a line; `read` fails on it. What it lacks is counted back. `read` drops zero bytes,
# and so would the shells' own reading of any command: only the size tells.
pem_last_line() { [ -n "$pem_line" ] && pem_open_end=yes && pem_read=$((pem_read - 1)); }

# Takes from pem_line what readers skip: what cannot be printed at its end, and a byte order mark before the first.
# Sets pem_trimmed=yes when it was more than the CR of a line end.
pem_trim() {
  pem_trimmed=''
  case $pem_line in
    [!\ -~][!\ -~][!\ -~]-----BEGIN*)
      # The first line is all that was read.
      if [ "$pem_read" -le $((${#pem_line} + 1)) ] && [ "${pem_line%-----BEGIN*}" = "$(printf '\357\273\277')" ]; then
        pem_line=${pem_line#???} pem_trimmed=yes
      fi
      ;;
  esac
  case $pem_line in
    *[!\!-~])
      pem_rest=${pem_line%[[:cntrl:]]}
      pem_line=${pem_line%"${pem_line##*[\!-~]}"}
      [ "$pem_line" = "$pem_rest" ] || pem_trimmed=yes
      ;;
  esac
}

pem_note_untidy() {
  case $pem_trimmed$pem_inside in
    CERTIFICATE-----) ;;
    *) pem_untidy=yes ;;
  esac
}

# A blank line in a block ends the reading of OpenSSL, but for one right behind its begin.
pem_blank() {
  [ -n "$pem_inside" ] || return 0
  [ "$pem_length" -eq 0 ] && [ "$pem_tail" != blank ] || return
  pem_tail=blank pem_untidy=yes
}

pem_outside() {
  pem_text=yes
  case ${pem_line#"${pem_line%%[!\ \	]*}"} in
    '<'*) pem_stray='is an HTML page' ;;
  esac
  case $pem_line in
    -----[BE]*) pem_stray='holds something that is not a complete PEM certificate' ;;
  esac
}

pem_base64() {
  while case $pem_line in *[\ \	]*) ;; *) false ;; esac do
    pem_line=${pem_line%%[\ \	]*}${pem_line#*[\ \	]} pem_trimmed=yes
  done
  case $pem_tail$pem_line in
    *[!A-Za-z0-9+/=]* | *=[!=]* | *===*) return 1 ;;
  esac
  pem_note_untidy
  pem_take
}

pem_take() {
  [ ${#pem_start} -ge 8 ] || pem_start=$pem_start$pem_line
  # Enough for the issuer and the validity; all of it would make a long file slow.
  [ ${#pem_head} -ge 4096 ] || pem_head=$pem_head$pem_line
  pem_tail=$pem_line
  pem_length=$((pem_length + ${#pem_line}))
}

# pem_blocks FILE: prints the certificates of a file that pem_check took, in a form that every program reads.
pem_blocks() {
  pem_inside='' pem_read=0
  while IFS= read -r pem_line || [ -n "$pem_line" ]; do
    pem_read=$((pem_read + ${#pem_line} + 1))
    pem_trim
    case $pem_line in
      '-----BEGIN '*) pem_inside=yes pem_line='-----BEGIN CERTIFICATE-----' ;;
      '-----END '*)
        pem_inside=''
        echo '-----END CERTIFICATE-----'
        ;;
    esac
    [ -n "$pem_inside" ] && [ -n "$pem_line" ] || continue
    case $pem_line in
      -*) ;;
      *[\ \	]*) pem_base64 ;;
    esac
    printf '%s\n' "$pem_line" || return
  done <"$1"
}

# Whether the base64 text of a block is as long as its first bytes say: DER starts with 30 82 and two bytes
# of length, or 30 81 and one. It finds what was cut or exchanged between intact markers.
pem_whole() {
  case $pem_tail in
    *==) pem_padding=2 ;;
    *=) pem_padding=1 ;;
    *) pem_padding=0 ;;
  esac
  pem_rest=$pem_start
  pem_bytes && pem_der=$((b1 == 48 ? b2 : 0)) pem_size=$b3
  case $pem_der in
    130) pem_bytes && pem_size=$((4 + pem_size * 256 + b1)) ;;
    129) pem_size=$((3 + pem_size)) ;;
    *) return 1 ;;
  esac
  [ $((pem_length % 4)) -eq 0 ] && [ $((pem_length * 3 / 4 - pem_padding)) -eq "$pem_size" ]
}

# The end of validity, found without openssl, which alone would take longer than the rest of a start.
# Validity is 30 1E, then twice 17 0D and YYMMDDhhmmssZ; in base64 the first bytes are one of three strings,
# cut here at a group of four digits. Dates after 2049 are written in another way: not expired.
pem_validity() {
  case $pem_head in
    *MB4XDT*) pem_rest=DT${pem_head#*MB4XDT} ;;
    *AeFw0*) pem_rest=Fw0${pem_head#*AeFw0} ;;
    *wHhcN*) pem_rest=HhcN${pem_head#*wHhcN} ;;
    *) return 0 ;;
  esac
  # What is done to a text of that size costs as much as all the rest: the second date alone, behind these.
  pem_rest=${pem_rest#????????????????????}
  pem_rest=${pem_rest%"${pem_rest#????????????????????}"}
  pem_dates=''
  for _ in 1 2 3 4 5; do
    pem_bytes
    for pem_byte in "$b1" "$b2" "$b3"; do
      case $pem_byte in
        4[89] | 5[0-7]) pem_dates=$pem_dates$((pem_byte - 48)) ;;
        *) pem_dates=$pem_dates. ;;
      esac
    done
  done
  pem_dates=${pem_dates#"${pem_dates%%[0-9]*}"}
  pem_dates=${pem_dates%"${pem_dates#????????????}"}
  case $pem_dates in
    *.* | '') return 0 ;;
    [0-4]*) pem_dates=20$pem_dates ;;
    *) pem_dates=19$pem_dates ;;
  esac
  [ "$pem_dates" -ge "$pem_expires" ] || pem_expires=$pem_dates
}

# A listener's own certificate, made with `openssl req -x509`: DER of basicConstraints with cA TRUE (critical or not, with
# a path length or without) and of subjectAltName, in base64 at each of three offsets. is_hosts_authority in pem.py.
pem_authority() {
  case $pem_head in
    *BgNVHREE* | *YDVR0RB* | *GA1UdEQ* | *BgNVHREBAf* | *YDVR0RAQH/*) ;;
    *) return 0 ;;
  esac
  case $pem_head in
    *BgNVHRMBAf8EBTADAQH/* | *YDVR0TAQH/BAUwAwEB/* | *GA1UdEwEB/wQFMAMBAf* | \
      *BgNVHRMBAf8ECDAGAQH/Ag* | *YDVR0TAQH/BAgwBgEB/wIB* | *GA1UdEwEB/wQIMAYBAf8CA* | \
      *BgNVHRMEBTADAQH/* | *YDVR0TBAUwAwEB/* | *GA1UdEwQFMAMBAf* | \
      *BgNVHRMECDAGAQH/Ag* | *YDVR0TBAgwBgEB/wIB* | *GA1UdEwQIMAYBAf8CA*) pem_authority=yes ;;
  esac
}

# Takes four base64 digits from pem_rest; sets b1, b2, b3 to the bytes they stand for.
pem_bytes() {
  pem_bits=0
  for _ in 1 2 3 4; do
    pem_before=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/
    pem_before=${pem_before%"${pem_rest%"${pem_rest#?}"}"*}
    pem_rest=${pem_rest#?}
    pem_bits=$((pem_bits * 64 + ${#pem_before}))
  done
  b1=$((pem_bits / 65536)) b2=$((pem_bits / 256 % 256)) b3=$((pem_bits % 256))
}

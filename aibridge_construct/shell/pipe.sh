# shellcheck disable=SC2148,SC2154,SC2034 # text of a script; the prologue stands before it, what looks unused is read by what follows

# How the processes of a script find each other. A tool's own process reads this too: names begin with aibridge_.

# aibridge_pipe READ WRITE: opens a pipe between two free descriptors. A shell makes one for a here-document, and /proc
# has its other end, so that mostly costs no process; else a FIFO that is removed at once.
aibridge_pipe() {
  eval "exec $1<<AIBRIDGE_PIPE_END

AIBRIDGE_PIPE_END"
  if [ -p "/proc/self/fd/$1" ] && { eval "command exec $2>/proc/self/fd/$1"; } 2>/dev/null; then
    read -r aibridge_line <&"$1"
    return
  fi
  for aibridge_fifo in "${CODER_SCRIPT_DATA_DIR-}" "${HOME-}" "${TMPDIR-}" /tmp; do
    aibridge_fifo=$aibridge_fifo/.aibridge-$$-$1
    # (Its -m fails where there is no /proc.)
    if (umask 077 && exec mkfifo "$aibridge_fifo") 2>/dev/null; then
      # Both ends at once first, which alone would wait for each other.
      eval "exec $1<>\"\$aibridge_fifo\" $2>\"\$aibridge_fifo\" $1<\"\$aibridge_fifo\""
      rm -f "$aibridge_fifo"
      return
    fi
    rm -f "$aibridge_fifo" 2>/dev/null
  done
  return 1
}

# Sets aibridge_pid: in a subshell $$ is that of the script.
aibridge_self() {
  if [ "$aibridge_proc" = own ] && read -r aibridge_pid <"/proc/self/stat"; then
    aibridge_pid=${aibridge_pid%% *}
  else
    aibridge_pid=$(exec sh -c 'echo $PPID')
  fi
} 2>/dev/null

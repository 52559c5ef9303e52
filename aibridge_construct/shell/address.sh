# shellcheck disable=SC2148,SC2034 # text of a script; what looks unused is read by what follows

# Addresses: what a URL names, where this workspace finds the Coder deployment, and how the processes of a script find
# each other.
#
# A tool's own process reads this too, whose environment stays as it is: names begin with aibridge_, and nothing
# here starts a process without need.

# aibridge_address URL: sets aibridge_scheme, aibridge_host (lower case, IPv6 without brackets) and aibridge_origin:
# scheme://host[:port] and nothing else, so no user information, path or query. Status 1: it is no http(s) URL.
aibridge_address() {
  aibridge_lower "$1"
  case $aibridge_lowered in
    http://*) aibridge_scheme=http ;;
    https://*) aibridge_scheme=https ;;
    *) return 1 ;;
  esac
  aibridge_origin=${aibridge_lowered#*://}
  aibridge_origin=${aibridge_origin%%[/?#\\]*}
  aibridge_origin=${aibridge_origin##*@}
  aibridge_port=''
  case $aibridge_origin in
    \[*\]) aibridge_host=${aibridge_origin#?} ;;
    \[*\]:*) aibridge_host=${aibridge_origin#?} aibridge_port=${aibridge_origin##*\]:} ;;
    *:*:*) return 1 ;;
    *:*) aibridge_host=${aibridge_origin%:*} aibridge_port=${aibridge_origin##*:} ;;
    *) aibridge_host=$aibridge_origin ;;
  esac
  aibridge_host=${aibridge_host%%\]*}
  case $aibridge_port in
    *[!0123456789]* | ??????*) return 1 ;;
  esac
  case $aibridge_host in
    '' | *[!abcdefghijklmnopqrstuvwxyz0123456789.:_%-]*) return 1 ;;
  esac
  aibridge_origin=$aibridge_scheme://$aibridge_origin
}

# aibridge_is_loopback HOST: whether it is this machine, which in a container is the container. HOST as
# aibridge_address sets it. What connects to 0.0.0.0 or :: stays here too.
aibridge_is_loopback() {
  aibridge_rest=${1%%\%*}
  aibridge_rest=${aibridge_rest%.}
  case $aibridge_rest in
    localhost | *.localhost | localhost.localdomain | localhost[46] | ip6-localhost | ip6-loopback) return 0 ;;
    *:*)
      while case $aibridge_rest in [0:]*) ;; *) false ;; esac do
        aibridge_rest=${aibridge_rest#?}
      done
      case $aibridge_rest in
        '' | 1 | ffff:7f??:* | ffff:0:0) return 0 ;;
      esac
      # What is left of an IPv4 address in IPv6.
      aibridge_rest=${aibridge_rest#ffff:}
      ;;
  esac
  case $aibridge_rest in
    *[!0123456789.]*) return 1 ;;
    127.* | 0177.* | 0.0.0.0 | 0 | 2130706433) return 0 ;;
  esac
  return 1
}

# aibridge_reach ACCESS_URL AGENT_URL: sets aibridge_reached, where to ask the deployment. The access URL, unless it
# is loopback, as in every first trial: then the address by which this workspace's agent reached the deployment.
# A token that was to go by https never goes by http. Status 1: it stays loopback.
aibridge_reach() {
  aibridge_reached=$1
  aibridge_address "$1" && aibridge_is_loopback "$aibridge_host" || return 0
  aibridge_scheme_wanted=$aibridge_scheme
  aibridge_address "$2" || return 1
  ! aibridge_is_loopback "$aibridge_host" || return 1
  case $aibridge_scheme_wanted:$aibridge_scheme in
    https:http) return 1 ;;
  esac
  aibridge_reached=$aibridge_origin
}

# aibridge_lower TEXT: sets aibridge_lowered. tr(1) would be a process.
aibridge_lower() {
  aibridge_lowered=$1
  case $1 in
    *[ABCDEFGHIJKLMNOPQRSTUVWXYZ]*) ;;
    *) return 0 ;;
  esac
  aibridge_lowered='' aibridge_left=$1
  while case $aibridge_left in '') false ;; esac do
    aibridge_letter=${aibridge_left%"${aibridge_left#?}"}
    aibridge_left=${aibridge_left#?}
    case $aibridge_letter in
      [ABCDEFGHIJKLMNOPQRSTUVWXYZ])
        aibridge_letter=AaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpQqRrSsTtUuVvWwXxYyZz${aibridge_letter}
        aibridge_letter=${aibridge_letter#*"${aibridge_letter#"${aibridge_letter%?}"}"}
        aibridge_letter=${aibridge_letter%"${aibridge_letter#?}"}
        ;;
    esac
    aibridge_lowered=$aibridge_lowered$aibridge_letter
  done
}

# ---- between processes -----------------------------------------------------------------------------------

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
